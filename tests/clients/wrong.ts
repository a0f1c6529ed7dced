// What the types of the schemas refuse; each line below has to be an error.
import type { Actions } from "./types/actions.js";

type Params<A extends keyof Actions> = NonNullable<Actions[A]["params"]>;

// @ts-expect-error: it is spelled deck
export const misspelled: Params<"createDeck"> = { dek: "a" };
// @ts-expect-error: a deck has one name
export const wrongType: Params<"createDeck"> = { deck: ["a"] };
// @ts-expect-error: there is no such action
export type NoAction = Actions["createDack"];
// @ts-expect-error: an id is no boolean
export const wrongId: Params<"notesInfo"> = { notes: [true] };
