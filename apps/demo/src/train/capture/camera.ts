import type { Sequential } from "@loam/nn";
import { predictPictures } from "@loam/nn/data/images";
import { element } from "../../ui/element.js";
import { type Sensor, SensorError, type SensorTrouble } from "./sensor.js";

/** The side of the square that is kept of a frame, in pixels: as large as pictures may be without being made smaller. */
const SIDE = 64;
/** Milliseconds between two pictures. */
const EVERY = 100;

const TROUBLES: Readonly<Record<string, SensorTrouble>> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missingCamera",
  OverconstrainedError: "missingCamera",
  NotReadableError: "usedCamera",
};

/** The device's camera. Frames become small pictures in this page and go nowhere else. */
export class Camera implements Sensor {
  readonly element: HTMLVideoElement;
  readonly folder = "camera";
  readonly extension = "png";
  readonly least = 5;
  readonly #canvas = element("canvas", { width: SIDE, height: SIDE });
  #stream: MediaStream | undefined;

  constructor(label: string) {
    this.element = element("video", { class: "capture-video", playsinline: true, "aria-label": label });
    this.element.muted = true;
  }

  async open(): Promise<void> {
    if (!isSecureContext || !navigator.mediaDevices) throw new SensorError("insecure");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { width: { ideal: 640 }, height: { ideal: 480 } },
      });
    } catch (error) {
      const trouble = TROUBLES[(error as DOMException).name];
      throw trouble ? new SensorError(trouble) : error;
    }
    const { facingMode } = this.#stream.getVideoTracks()[0]!.getSettings();
    // As in a mirror, but for a camera that looks away.
    this.element.classList.toggle("mirrored", facingMode !== "environment");
    this.element.srcObject = this.#stream;
    await this.element.play();
  }

  record(onSample: (sample: Blob) => void): () => Promise<boolean> {
    let isOver = false;
    const take = async () => {
      while (!isOver) {
        const began = performance.now();
        if (this.#draw()) {
          const picture = await new Promise<Blob | null>((resolve) =>
            this.#canvas.toBlob(resolve, "image/png"),
          );
          if (picture) onSample(picture);
        }
        const left = EVERY - (performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
      }
    };
    const taken = take();
    return async () => {
      isOver = true;
      await taken;
      return true;
    };
  }

  async ask(model: Sequential): Promise<Readonly<Record<string, number>> | undefined> {
    const context = this.#draw();
    if (!context) return undefined;
    const [told] = await predictPictures(model, [context.getImageData(0, 0, SIDE, SIDE)]);
    return told!.probabilities;
  }

  close(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.element.srcObject = null;
  }

  /** The middle of the frame of now, as a square; undefined before there is one. */
  #draw(): CanvasRenderingContext2D | undefined {
    const { videoWidth: width, videoHeight: height } = this.element;
    if (width === 0) return undefined;
    // Moved to another place in the page, a video stops.
    if (this.element.paused && this.#stream) void this.element.play().catch(() => {});
    const context = this.#canvas.getContext("2d", { willReadFrequently: true })!;
    const side = Math.min(width, height);
    context.imageSmoothingQuality = "high";
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    context.drawImage(this.element, left, top, side, side, 0, 0, SIDE, SIDE);
    return context;
  }
}
