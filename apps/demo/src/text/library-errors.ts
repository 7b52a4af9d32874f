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
  "cell-not-a-value": "칸에는 수, 글자, 예/아니요만 쓸 수 있습니다.",
  "column-type": "그 열의 종류에 맞지 않는 칸이 있습니다.",
  "column-unknown": "표에 없는 열입니다.",
  "columns-missing": "학습할 때 있던 열이 표에 없습니다.",
  "conv2d-input":
    "합성곱이 받을 수 있는 그림이 아니거나, 그림이 창보다 작습니다. Flatten보다 앞에 두거나 패딩을 늘리세요.",
  "csv-label":
    "클래스가 될 수 없는 값입니다. 모든 행에 0 이상의 정수나 몇 가지 단어를 쓰거나, 다른 열을 예측하세요.",
  "csv-not-a-date": "날짜 열에 날짜가 아닌 칸이 있습니다. 고치거나 비워 두세요.",
  "csv-not-a-number": "수가 있어야 할 칸에 글자가 있습니다.",
  "csv-not-a-word": "학습 때 단어였던 열에 수만 있거나 그 반대입니다. 학습 때와 같게 쓰세요.",
  "csv-not-yes-or-no": "예/아니요 열에 다른 단어가 있습니다. 고치거나 비워 두세요.",
  "csv-not-text": "UTF-8 텍스트가 아닙니다. UTF-8 CSV로 저장하세요.",
  "csv-quotes": "닫히지 않은 따옴표가 있습니다.",
  "csv-ragged": "첫 행과 칸 수가 다른 행이 있습니다. 빠진 칸을 채우세요.",
  "few-samples": "표본이 너무 적습니다. 일부를 떼어 두려면 적어도 10개가 필요합니다.",
  "gzip-damaged": "gzip 파일이 아니거나 중간에 끊겼습니다. 다시 받아 보세요.",
  "gzip-too-large": "풀면 너무 커집니다. 먼저 풀어서 주세요.",
  "header-missing": "열 이름이 없는 표입니다. 첫 행에 이름을 쓰세요.",
  "header-surplus": "열 이름 없이 학습한 신경망입니다. 첫 행의 이름을 빼세요.",
  "idx-header": "IDX 파일이 아니거나 머리말보다 짧습니다.",
  "idx-images": "그림이 아닌 IDX 파일입니다. 그림과 레이블이 바뀌었는지 보세요.",
  "idx-labels": "레이블이 아닌 IDX 파일입니다. 그림과 레이블이 바뀌었는지 보세요.",
  "idx-pair": "IDX 그림과 레이블은 파일이 따로입니다. 둘 다 주세요.",
  "idx-size": "머리말에 적힌 것보다 파일이 짧습니다. 다시 받아 보세요.",
  "image-input": "그림을 받는 층인데 그림이 아닙니다. Flatten보다 앞에 두세요.",
  "input-shape": "표본의 모양이 신경망의 입력과 다릅니다.",
  "jpeg-damaged": "JPEG가 아니거나, 중간에 끊겼거나, 읽을 수 없는 종류의 JPEG입니다. 다시 저장하세요.",
  "jpeg-too-large": "그림이 너무 큽니다. 줄여서 주세요.",
  "json-lines-invalid": "JSON이 아닌 줄이 있습니다.",
  "label-out-of-range": "클래스 수보다 큰 레이블이 있습니다. 0부터 번호를 매기세요.",
  "model-invalid": "파일에 적힌 신경망 구조를 읽을 수 없습니다. 손상되었거나 더 새로운 버전의 파일입니다.",
  "model-too-large": "신경망이 4 GiB에 담기지 않습니다. 유닛을 줄이세요.",
  "no-inputs":
    "배울 것이 있는 열이 하나도 없습니다. 나머지 열이 비었거나, 모두 같거나, 행을 구별하기만 합니다.",
  "no-samples": "표본이 하나도 없습니다.",
  "no-simd": "이 브라우저에는 WebAssembly SIMD가 없습니다. 2023년 이후의 브라우저를 쓰세요.",
  "no-worker": "계산을 맡을 워커를 시작하지 못했습니다. 페이지를 새로 고치세요.",
  "not-a-model": "Loam의 신경망이 들어 있지 않은 safetensors 파일입니다.",
  "not-finite": "NaN이나 ∞가 나왔습니다. 학습률을 낮추거나 데이터를 살펴보세요.",
  "one-class": "모든 표본이 한 종류라서 구별할 것이 없습니다.",
  "one-table": "표는 한 번에 하나씩, 또는 이름에 test가 든 것을 포함해 둘을 주세요.",
  "output-shape": "마지막 층의 출력이 예측할 것과 맞지 않습니다. 앞에 Flatten을 두세요.",
  "padding-not-smaller": "패딩은 풀링 창보다 작아야 합니다.",
  "parameter-not-finite": "가중치가 NaN이나 ∞가 되었습니다. 학습률을 낮추세요.",
  "picture-unknown": "PNG도 JPEG도 아닌 그림입니다. 둘 중 하나로 저장하세요.",
  "pictures-none":
    "클래스 폴더 안에 든 그림이 하나도 없습니다. 클래스마다 폴더를 만들고 PNG나 JPEG를 넣으세요.",
  "pictures-one-class": "모든 그림이 한 클래스의 폴더에 있습니다. 클래스가 둘 이상인 폴더를 주세요.",
  "pictures-too-many": "그림을 모두 합치면 4 GiB가 넘습니다. 그림을 줄이세요.",
  "png-damaged": "PNG가 아니거나 중간에 끊겼습니다. 다시 저장하세요.",
  "png-too-large": "그림이 너무 큽니다. 줄여서 주세요.",
  "pool2d-input": "풀링할 수 있는 그림이 아니거나, 그림이 창보다 작습니다. Flatten보다 앞에 두세요.",
  "row-not-an-object": "행마다 열 이름이 붙은 JSON 객체가 있어야 합니다.",
  "safetensors-dtype": "알 수 없는 수 형식이 든 safetensors 파일입니다.",
  "safetensors-header": "safetensors 파일이 아니거나 중간에 끊겼습니다.",
  "safetensors-metadata": "safetensors 파일의 메타데이터가 잘못되었습니다.",
  "safetensors-offsets": "safetensors 파일이 손상되었습니다.",
  "safetensors-tensor": "safetensors 파일에 텐서가 아닌 항목이 있습니다. 손상된 파일입니다.",
  "scaling-invalid": "파일에 적힌 입력 크기 조절을 읽을 수 없습니다. 손상된 파일입니다.",
  "schema-invalid":
    "파일이 제 데이터에 대해 말하는 것을 읽을 수 없습니다. 손상되었거나 더 새로운 버전의 파일입니다.",
  "series-short": "기록이 너무 짧은 클래스가 있습니다. 더 길게 기록하세요.",
  "size-mismatch": "짝을 이루는 데이터의 크기가 서로 다릅니다.",
  "table-too-large": "표가 너무 커서 한 번에 읽을 수 없습니다.",
  "target-column-missing": "예측할 열이 시험용 표에 없습니다.",
  "two-classes":
    "여러 열을 함께 예측하려면 모두 수이거나, 모두 0과 1 또는 예와 아니요여야 합니다. 클래스는 하나씩 예측하세요.",
  "thread-failed": "계산하던 스레드가 멈췄습니다. 페이지를 새로 고치세요.",
  "thread-stuck": "스레드가 60초 동안 서로를 기다렸습니다. 페이지를 새로 고치세요.",
};

/** What holds for any option: the code begins with its name. */
const OF_OPTIONS: readonly (readonly [ending: string, sentence: string])[] = [
  ["-not-positive", "1 이상의 정수여야 하는 값이 있습니다."],
  ["-negative", "0 이상의 정수여야 하는 값이 있습니다."],
  ["-out-of-range", "범위를 벗어난 값이 있습니다."],
];

/** Where the trouble lies, then what it is; undefined for an error that is told in no other language. */
export function inKorean({ code, details = {} }: Explained): string | undefined {
  const sentence =
    code === undefined
      ? undefined
      : (KOREAN[code] ?? OF_OPTIONS.find(([ending]) => code.endsWith(ending))?.[1]);
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
