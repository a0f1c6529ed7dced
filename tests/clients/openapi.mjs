// Whether a document is OpenAPI: says what is wrong with it, or its version.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

const validator = new Validator();
const found = await validator.validate(JSON.parse(readFileSync(0, "utf8")));
if (found.valid) {
  process.stdout.write(validator.version);
} else {
  process.stdout.write(JSON.stringify(found.errors, null, 2));
  process.exitCode = 1;
}
