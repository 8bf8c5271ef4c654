// The last step of the run that `report.py` starts.

import { environment } from "flyte-guest";
import { z } from "zod";

const env = environment({ name: "pages" });

const Row = z.object({ station: z.string(), celsius: z.number() });

export const table = env.task(
  {
    doc: "Rows as a Markdown table.",
    inputs: { title: z.string(), rows: z.array(Row) },
    output: z.string(),
  },
  ({ title, rows }) => {
    const lines = rows.map(({ station, celsius }) => `| ${station} | ${celsius.toFixed(1)} °C |`);
    return [`# ${title}`, "", "| station | |", "|---|--:|", ...lines].join("\n");
  },
);
