/** The sentences about camera and motion sensor: they come with the panel, not with the page. */
const en = {
  camera: "Take pictures with the camera",
  motion: "Record gestures with the motion sensor",
  cameraMore:
    "Hold a button and the camera takes ten pictures a second for that class. They stay in this page: no picture is sent anywhere.",
  motionMore:
    "Hold a button, make the gesture, let go: that is one recording. They stay in this page: nothing is sent anywhere.",
  openCamera: "Turn the camera on",
  openMotion: "Turn the sensor on",
  close: "Turn it off",
  preview: "What the camera sees",
  trace: "What the sensor feels: acceleration along x, y and z",
  className: "Name of class {number}",
  firstNames: ["yes", "no"] as readonly string[],
  firstGestures: ["circle", "shake"] as readonly string[],
  newName: "class {number}",
  hold: "Hold for {name}",
  holding: "Recording {name} …",
  pictures: "{count} pictures",
  recordings: "{count} recordings",
  addClass: "Add a class",
  forget: "Forget those of {name}",
  use: "Learn from these",
  download: "Download them",
  downloadMore:
    "A folder with one folder for each class, zipped. The Train view and the loam command read it.",
  more: "Each class needs {least} or more, and no two classes the same name.",
  short: "That was too short. Hold the button for the whole gesture.",
  live: "It says, right now",
  insecure:
    "Browsers give camera and sensors only to pages that came over https, or from this very machine (localhost).",
  refused: "The browser refused it. Allow it for this site in the address bar, then press once more.",
  missingCamera: "There is no camera here.",
  usedCamera: "Another program is using the camera. Close it there, then press once more.",
  missingMotion: "No motion is felt here: this device has no sensor for it. Open this page on a phone.",
  failed: "That did not work: {message}",
};
export type CaptureText = typeof en;

const ko: CaptureText = {
  camera: "카메라로 사진 찍기",
  motion: "동작 센서로 제스처 기록하기",
  cameraMore:
    "버튼을 누르고 있으면 그 클래스의 사진을 1초에 열 장씩 찍습니다. 사진은 이 페이지 안에 머물고 어디로도 보내지 않습니다.",
  motionMore:
    "버튼을 누른 채 동작을 하고 손을 떼면 기록 하나가 됩니다. 기록은 이 페이지 안에 머물고 어디로도 보내지 않습니다.",
  openCamera: "카메라 켜기",
  openMotion: "센서 켜기",
  close: "끄기",
  preview: "카메라에 보이는 장면",
  trace: "센서가 느끼는 x, y, z 방향의 가속도",
  className: "클래스 {number}의 이름",
  firstNames: ["예", "아니요"],
  firstGestures: ["원", "흔들기"],
  newName: "클래스 {number}",
  hold: "누르고 있기: {name}",
  holding: "{name} 기록 중 …",
  pictures: "사진 {count}장",
  recordings: "기록 {count}개",
  addClass: "클래스 추가",
  forget: "{name} 지우기",
  use: "이것으로 학습",
  download: "내려받기",
  downloadMore: "클래스마다 폴더 하나씩 담은 ZIP 파일입니다. 학습 화면과 loam 명령이 읽습니다.",
  more: "클래스마다 {least}개 이상이 필요하고, 클래스 이름은 서로 달라야 합니다.",
  short: "너무 짧습니다. 동작이 끝날 때까지 버튼을 누르고 있으세요.",
  live: "지금은",
  insecure:
    "브라우저는 https로 연 페이지나 이 컴퓨터에서 연 페이지(localhost)에만 카메라와 센서를 허용합니다.",
  refused: "브라우저가 거부했습니다. 주소창에서 이 사이트에 허용한 뒤 다시 누르세요.",
  missingCamera: "카메라가 없습니다.",
  usedCamera: "다른 프로그램이 카메라를 쓰고 있습니다. 그쪽을 닫고 다시 누르세요.",
  missingMotion: "움직임이 느껴지지 않습니다. 이 기기에는 동작 센서가 없으니 휴대전화에서 여세요.",
  failed: "실패했습니다: {message}",
};

export const captureTexts = { en, ko };
