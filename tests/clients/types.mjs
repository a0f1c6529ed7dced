// Writes TypeScript types of the schemas that it reads: a file for each action,
// and one that has them all by the action's name.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";

const folder = process.argv[2];
const schemas = JSON.parse(readFileSync(0, "utf8"));
const imports = [];
const members = [];
for (const [number, [action, schema]] of Object.entries(schemas).entries()) {
  const exchange = { ...schema, title: "Exchange", properties: open(schema.properties) };
  const types = await compile(exchange, "Exchange", { bannerComment: "" });
  writeFileSync(join(folder, `${action}.ts`), types);
  imports.push(`import type { Exchange as A${number} } from "./${action}.js";`);
  members.push(`  "${action}": A${number};`);
}
writeFileSync(
  join(folder, "actions.ts"),
  `${imports.join("\n")}\nexport interface Actions {\n${members.join("\n")}\n}\n`,
);

// What may be anything is an object to json-schema-to-typescript, unless told.
function open(parts) {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      const says = Object.keys(part).filter((key) => key !== "description");
      const inner = part.properties && { properties: open(part.properties) };
      return [name, says.length ? { ...part, ...inner } : { ...part, tsType: "unknown" }];
    }),
  );
}
