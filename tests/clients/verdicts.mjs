// Which calls are good, as Ajv says: by the schema of their action, and by the
// schema of any request. Reads {schemas, request, calls} and writes both lists.
import { readFileSync } from "node:fs";
import Ajv from "ajv";

const { schemas, request, calls } = JSON.parse(readFileSync(0, "utf8"));
// As strict as Ajv can be; of what its strict mode warns of, the one thing that
// the schemas have is an id in a string, {"type": ["integer", "string"]}.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, logger: false });
const own = new Map(
  Object.entries(schemas).map(([action, schema]) => [action, ajv.compile(schema)]),
);
const any = new Ajv({ strict: true, allowUnionTypes: true }).compile(request);
const verdicts = {
  own: calls.map((call) => own.get(call.action)(call)),
  any: calls.map((call) => any(call)),
};
process.stdout.write(JSON.stringify(verdicts));
