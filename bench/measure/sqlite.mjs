// SQLite as npm's sql.js ships it, driven by its own glue: one call builds, queries and empties a database in memory.
import { createRequire } from "node:module";
import { join } from "node:path";
import { withGlue } from "../lib/glue.mjs";
import { packageDir } from "../lib/packages.mjs";

export const wasmFile = () => join(packageDir("sql.js"), "dist/sql-wasm.wasm");

const work = `
  BEGIN;
  CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, town INTEGER, born INTEGER);
  CREATE TABLE town(id INTEGER PRIMARY KEY, name TEXT);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
    INSERT INTO town SELECT i, printf('town-%03d', i * 37 % 101) FROM n;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
    INSERT INTO person SELECT i, 'name ' || (i * 7919 % 1201), 1 + i * 31 % 40, 1900 + i * 17 % 120 FROM n;
  CREATE INDEX person_town ON person(town, born);
  UPDATE person SET name = upper(name) || '!' WHERE born % 7 = 3;
  DELETE FROM person WHERE born BETWEEN 1950 AND 1955;
  COMMIT;`;
const question = `
  SELECT town.name, count(*), min(person.name), avg(born), sum(length(person.name))
    FROM person JOIN town ON town.id = person.town GROUP BY town.id ORDER BY 2 DESC, 1;
  SELECT group_concat(name) FROM (SELECT name FROM person WHERE name LIKE '%7%' ORDER BY name DESC LIMIT 50);
  SELECT count(*) FROM person a JOIN person b ON a.town = b.town AND a.born < b.born WHERE a.id < 400;`;
const undo = "DROP TABLE person; DROP TABLE town;";

/** Gives `run()`: a digest of the answers. */
export async function start(program, bytes) {
  const require = createRequire(import.meta.url);
  const glue = join(packageDir("sql.js"), "dist/sql-wasm.js");
  delete require.cache[glue]; // it keeps the first instance that it made
  const initSqlJs = require(glue);
  const SQL = await withGlue(bytes, program.instantiate, () => initSqlJs({ wasmBinary: bytes }));
  const database = new SQL.Database();
  return () => {
    database.exec(work);
    const answers = database.exec(question);
    database.exec(undo);
    return JSON.stringify(answers.map((answer) => answer.values));
  };
}
