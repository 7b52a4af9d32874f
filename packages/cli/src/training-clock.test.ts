import { expect, it, vi } from "vitest";
import { TrainingClock } from "./training-clock.js";

it("counts what lies between a fit's beginning and its end, but checkpoints between epochs", async (test) => {
  let [seconds, processor] = [5, 3];
  vi.spyOn(performance, "now").mockImplementation(() => 1000 * seconds);
  vi.spyOn(process, "cpuUsage").mockImplementation(() => ({ user: 1e6 * processor - 5e5, system: 5e5 }));
  test.onTestFinished(() => void vi.restoreAllMocks());
  const spend = (wall: number, own: number) => {
    seconds += wall;
    processor += own;
  };
  const clock = new TrainingClock();
  const { begin, end } = clock.callback as { begin(): void; end(): void };
  const checkpoints = clock.withCheckpoints({
    begin: async () => undefined,
    stepsLeft: () => 1,
    reached: async (_, moment) => spend(moment === "slice" ? 0.5 : 100, 50),
  });
  const reached = (moment: "slice" | "epoch" | "end") =>
    checkpoints.reached({} as never, moment, {} as never, undefined);
  spend(10, 10);
  for (const _ of ["a committee's first network", "and its second"]) {
    begin();
    spend(4, 2);
    await reached("epoch");
    spend(3, 1);
    await reached("end");
    spend(1, 1);
    end();
    spend(10, 10);
  }
  expect(clock.took).toEqual({ seconds: 16, processor: 8 });
  begin();
  await reached("slice");
  end();
  expect(clock.took.seconds).toBe(16.5);
  // Outside of a fit nothing begins.
  await clock.beside(() => spend(10, 10));
  spend(10, 10);
  expect(clock.took.seconds).toBe(16.5);
});
