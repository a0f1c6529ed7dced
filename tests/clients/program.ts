// A small client that calls 20 actions, each with the types of its own schema.
import type { Actions } from "./types/actions.js";

type Params<A extends keyof Actions> = NonNullable<Actions[A]["params"]>;
// params may be left out where the schema says so.
type Arguments<A extends keyof Actions> =
  Actions[A] extends { params: object } ? [Params<A>] : [Params<A>?];
type Result<A extends keyof Actions> = Exclude<Actions[A]["result"], undefined>;

const url = process.argv[2] ?? "http://127.0.0.1:8765";

async function call<A extends keyof Actions>(
  action: A,
  ...[params]: Arguments<A>
): Promise<Result<A>> {
  const request = { action, version: 6, params: params ?? {} };
  const response = await fetch(url, { method: "POST", body: JSON.stringify(request) });
  const reply = (await response.json()) as { result: Result<A>; error: string | null };
  if (reply.error !== null) throw new Error(`${action}: ${reply.error}`);
  return reply.result;
}

const version: number = await call("version");
const profile: string = await call("getActiveProfile");
const scopes: string[] = (await call("apiReflect", { scopes: ["actions"] })).scopes;
const deckId: number = await call("createDeck", { deck: "Words" });
const decks: { [name: string]: number } = await call("deckNamesAndIds");
const names: string[] = await call("deckNames");
const models: string[] = await call("modelNames");
const fields: string[] = await call("modelFieldNames", { modelName: "Basic" });
const note = {
  deckName: "Words",
  modelName: "Basic",
  fields: { Front: "neko", Back: "cat" },
  tags: ["animal"],
};
const can: boolean[] = await call("canAddNotes", { notes: [note] });
const noteId: number = await call("addNote", { note });
const ids: unknown[] = await call("addNotes", {
  notes: [{ ...note, fields: { Front: "inu", Back: "dog" } }],
});
const found: number[] = await call("findNotes", { query: "deck:Words" });
const [info] = await call("notesInfo", { notes: [noteId] });
await call("updateNoteFields", { note: { id: noteId, fields: { Back: "a cat" } } });
await call("addTags", { notes: [noteId], tags: "furry" });
const tags: string[] = await call("getTags");
const cards: number[] = await call("findCards", { query: `nid:${noteId}` });
const suspended: boolean = await call("suspend", { cards });
const moved: null = await call("changeDeck", { cards, deck: "Default" });
await call("storeMediaFile", { filename: "_a.txt", data: "SGVsbG8=" });
const content: string | boolean = await call("retrieveMediaFile", { filename: "_a.txt" });
await call("deleteNotes", { notes: found });

const told = { version, profile, scopes, deckId, decks, names, models, fields, can };
const more = { noteId, ids, found, info, tags, cards, suspended, moved, content };
process.stdout.write(JSON.stringify({ ...told, ...more }));
