/** The sentences of the comparison: they come with the view, not with the page. */
const en = {
  title: "Side by side",
  lead: "The same network, first weights and batches, trained by Loam and by others, on this device.",
  network: "Network",
  compare: "Compare",
  again: "Compare again",
  stop: "Stop comparing",
  fetches:
    "The others are fetched from this site when you press Compare, and not before: {libraries}, 0.4 MB compressed.",
  licences: "Their licences",
  without: "This copy of the site was built without the other libraries, so Loam runs alone here.",
  training: "Another network is learning in this page, so everyone comes out slower.",
  digits: "Drawing digits …",
  opening: "{name} warms up …",
  round: "Round {round} of {rounds}",
  done: "Compared in {rounds} rounds.",
  stopped: "Stopped.",
  caption: "Milliseconds a training step takes",
  contender: "Library",
  least: "Least",
  median: "Median",
  loss: "Loss",
  threads: "{threads} threads",
  oneThread: "one thread",
  ms: "{ms} ms",
  how: "Milliseconds a step, forward, backward and update with Adam: the least and the median of the turns, which all take in rotation, warmed up and with their data in place. Dropout is left out, since each library draws its own random numbers. Loss: at step {steps}.",
  agree:
    "The losses of the first {steps} steps agree: they differ by {difference} at most, and rounding in float32 explains up to {limit}.",
  differ:
    "The losses of {names} differ by up to {difference}, more than rounding in float32 explains ({limit}).",
  alone:
    "The others run on one thread: their threads are workers made from blobs, which this page's security policy refuses.",
  cannot: "Cannot train this network. In its own words:",
};
export type BesideText = typeof en;

const ko: BesideText = {
  title: "나란히 비교",
  lead: "같은 신경망, 같은 초기 가중치, 같은 배치를 이 기기에서 Loam과 다른 라이브러리로 학습합니다.",
  network: "신경망",
  compare: "비교하기",
  again: "다시 비교하기",
  stop: "비교 중지",
  fetches:
    "다른 라이브러리({libraries}, 압축해서 0.4 MB)는 비교하기를 누를 때에만 이 사이트에서 받아 옵니다.",
  licences: "라이선스",
  without: "이 사이트는 다른 라이브러리 없이 빌드되어 Loam만 잽니다.",
  training: "이 페이지에서 다른 신경망이 학습 중이라 모두 느리게 나옵니다.",
  digits: "숫자를 그리는 중 …",
  opening: "{name} 준비 중 …",
  round: "{rounds}회 중 {round}회째",
  done: "{rounds}회 비교했습니다.",
  stopped: "중지했습니다.",
  caption: "학습 한 스텝에 걸리는 밀리초",
  contender: "라이브러리",
  least: "최솟값",
  median: "중앙값",
  loss: "손실",
  threads: "스레드 {threads}개",
  oneThread: "스레드 1개",
  ms: "{ms} ms",
  how: "순전파, 역전파, Adam 갱신까지 한 스텝에 걸린 밀리초입니다. 준비 운동을 마치고 데이터를 올려 둔 상태에서 순서를 바꿔 가며 번갈아 재어 최솟값과 중앙값을 냅니다. 난수가 라이브러리마다 다르므로 드롭아웃은 뺐습니다. 손실은 {steps}스텝째의 값입니다.",
  agree:
    "첫 {steps}스텝의 손실이 일치합니다. 차이는 최대 {difference}이고, float32 반올림으로 생길 수 있는 차이는 {limit}까지입니다.",
  differ:
    "{names}의 손실이 최대 {difference}만큼 다릅니다. float32 반올림으로 설명되는 차이({limit})보다 큽니다.",
  alone:
    "다른 라이브러리는 스레드 하나로 실행됩니다. blob으로 만드는 워커를 이 페이지의 보안 정책이 막기 때문입니다.",
  cannot: "이 신경망을 학습하지 못합니다. 라이브러리가 낸 오류:",
};

export const besideTexts = { en, ko };
