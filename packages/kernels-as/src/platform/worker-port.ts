/** A worker's side of the line to whoever started it. */
export interface WorkerPort {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onFirstMessage(listener: (message: unknown) => void): void;
  onMessage(listener: (message: unknown) => void): void;
}
