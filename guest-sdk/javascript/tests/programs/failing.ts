// Tasks that fail, in each way there is.

import { TaskError, ctx, task } from "flyte-guest";
import { z } from "zod";
import { load } from "./lib/load";

interface Model {
  name: string;
}

const Wanted = { inputs: { how: z.string() }, output: z.string() };

export const fail = task(Wanted, async ({ how }): Promise<string> => {
  switch (how) {
    case "type": {
      const model = undefined as unknown as Model;
      return model.name;
    }
    case "load":
      return load("model");
    case "cause":
      throw new RangeError("too far", { cause: new Error("measured", { cause: "no ruler" }) });
    case "permanent":
      throw TaskError.permanent("no such model", { details: { model: "resnet", size: 50 } });
    case "text":
      throw "plain text";
    case "never":
      return new Promise(() => {});
    case "memory":
      return String(new Uint8Array(512 << 20).length);
    case "memory in small pieces": {
      let last: object = {};
      for (;;) last = { last };
    }
    case "coped with":
      try {
        return String(new Uint8Array(512 << 20).length);
      } catch (error) {
        return String((error as Error).message);
      }
    case "fetch":
      return String(await fetch("https://a.example"));
    default:
      return how;
  }
});

export const flaky = task({ output: z.number(), retries: 2 }, () => {
  if (ctx().attempt < 3) throw new Error("not yet");
  return ctx().attempt;
});

export const child_fails = task(Wanted, async ({ how }) => {
  try {
    return await fail.invoke({ how });
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return JSON.stringify([error.kind, error.message, error.causes, error.details, error.recoverable, error.task]);
  }
});

export const passes_on = task(Wanted, ({ how }) => child_fails_too.invoke({ how }));
export const child_fails_too = task(Wanted, ({ how }) => fail.invoke({ how }));
