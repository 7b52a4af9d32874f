/** What an error of the library says of itself, as far as it came along from a worker. */
export interface Explained {
  readonly message: string;
  readonly code?: string;
  readonly details?: {
    readonly file?: string;
    readonly row?: number;
    readonly column?: number | string;
    readonly step?: number;
    readonly layer?: string;
  };
}

/** The library speaks English; these are the errors that a visitor's files, layers and numbers can meet, by their code. */
const KOREAN: Readonly<Record<string, string>> = {
  "conv2d-input":
    "합성곱이 받을 수 있는 그림이 아니거나, 그림이 창보다 작습니다. Flatten보다 앞에 두거나 패딩을 늘리세요.",
  "csv-label": "레이블이 클래스가 아닙니다. 모든 행에 0 이상의 정수나 단어를 쓰세요.",
  "csv-not-a-number": "수가 있어야 할 칸에 글자가 있습니다.",
  "csv-not-text": "UTF-8 텍스트가 아닙니다. UTF-8 CSV로 저장하세요.",
  "csv-quotes": "닫히지 않은 따옴표가 있습니다.",
  "csv-ragged": "첫 행과 칸 수가 다른 행이 있습니다. 빠진 칸을 채우세요.",
  "gzip-damaged": "gzip 파일이 아니거나 중간에 끊겼습니다. 다시 받아 보세요.",
  "gzip-too-large": "풀면 너무 커집니다. 먼저 풀어서 주세요.",
  "idx-header": "IDX 파일이 아니거나 머리말보다 짧습니다.",
  "idx-images": "그림이 아닌 IDX 파일입니다. 그림과 레이블이 바뀌었는지 보세요.",
  "idx-labels": "레이블이 아닌 IDX 파일입니다. 그림과 레이블이 바뀌었는지 보세요.",
  "idx-pair": "IDX 그림과 레이블은 파일이 따로입니다. 둘 다 주세요.",
  "idx-size": "머리말에 적힌 것보다 파일이 짧습니다. 다시 받아 보세요.",
  "input-shape": "표본의 모양이 신경망의 입력과 다릅니다.",
  "label-out-of-range": "클래스 수보다 큰 레이블이 있습니다. 0부터 번호를 매기세요.",
  "model-invalid": "파일에 적힌 신경망 구조를 읽을 수 없습니다. 손상되었거나 더 새로운 버전의 파일입니다.",
  "model-too-large": "신경망이 4 GiB에 담기지 않습니다. 유닛을 줄이세요.",
  "no-samples": "표본이 하나도 없습니다.",
  "not-a-model": "Loam의 신경망이 들어 있지 않은 safetensors 파일입니다.",
  "not-finite": "NaN이나 ∞가 나왔습니다. 학습률을 낮추거나 데이터를 살펴보세요.",
  "one-table": "표는 한 번에 하나씩, 또는 이름에 test가 든 것을 포함해 둘을 주세요.",
  "padding-not-smaller": "패딩은 풀링 창보다 작아야 합니다.",
  "parameter-not-finite": "가중치가 NaN이나 ∞가 되었습니다. 학습률을 낮추세요.",
  "pool2d-input": "풀링할 수 있는 그림이 아니거나, 그림이 창보다 작습니다. Flatten보다 앞에 두세요.",
  "safetensors-header": "safetensors 파일이 아니거나 중간에 끊겼습니다.",
  "safetensors-metadata": "safetensors 파일의 메타데이터가 잘못되었습니다.",
  "safetensors-offsets": "safetensors 파일이 손상되었습니다.",
  "size-mismatch": "짝을 이루는 데이터의 크기가 서로 다릅니다.",
};

/** Where the trouble lies, then what it is; undefined for an error that is told in no other language. */
export function inKorean({ code, details = {} }: Explained): string | undefined {
  const sentence = code === undefined ? undefined : KOREAN[code];
  if (sentence === undefined) return undefined;
  const { file, row, column, step, layer } = details;
  const place = [
    file,
    layer !== undefined && `층 ${layer}`,
    step !== undefined && `스텝 ${step}`,
    row !== undefined && `${row}행`,
    column !== undefined && (typeof column === "number" ? `${column}열` : `열 ${column}`),
  ].filter(Boolean);
  return place.length > 0 ? `${place.join(" ")}: ${sentence}` : sentence;
}
