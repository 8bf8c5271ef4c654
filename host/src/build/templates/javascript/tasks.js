// Tasks that count words: one document, many at once, and which is the longest.

import { environment } from "flyte-guest";
import { z } from "zod";

const env = environment({ name: "{{name}}" });

const Document = z.object({
  title: z.string(),
  text: z.string(),
  shortest: z.int().min(0).default(1).describe("Words that are shorter do not count."),
});

const Count = z.object({ title: z.string(), words: z.int() });

export const count_words = env.task(
  { doc: "Counts the words of a document.", inputs: { document: Document }, output: Count, retries: 2 },
  async ({ document }) => {
    const words = document.text.split(/\s+/).filter((word) => word && [...word].length >= document.shortest);
    return { title: document.title, words: words.length };
  },
);

export const longest = env.task(
  { doc: "The count with the most words.", inputs: { counts: z.array(Count) }, output: Count },
  async ({ counts }) => {
    if (counts.length === 0) throw new Error("there are no documents");
    return counts.reduce((most, count) => (count.words > most.words ? count : most));
  },
);

export const survey = env.task(
  {
    doc: "Counts all documents at once, and says which is the longest.",
    inputs: { documents: z.array(Document) },
    output: z.string(),
  },
  async ({ documents }) => {
    // A child for each document, each in a sandbox of its own.
    const counts = await Promise.all(documents.map((document) => count_words.invoke({ document })));
    // A child too; `longest({ counts })` would be a plain call.
    const { title, words } = await longest.invoke({ counts });
    return `${title} is the longest, with ${words} words`;
  },
);
