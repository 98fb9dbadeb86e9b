// DuckDB, 34 MB, built with exceptions in Wasm: every error in a query is thrown and caught by the guest.
import { createRequire } from "node:module";
import { join } from "node:path";

export const packages = { "@duckdb/duckdb-wasm": "1.32.0" };
export const compares = "results of queries";

const queries = [
  "select sum(i * i)::bigint s, avg(i) a from range(200000) t(i)",
  "select * from nowhere",
  "select cast('x' as int)",
  "select i % 7 g, count(*) n, string_agg(i::varchar, ',' order by i) x from range(60) t(i) group by g order by g",
  "create table t as select i, (i * 7919) % 1009 as k, 'name ' || i as s from range(20000) r(i)",
  "select k, count(*) n, min(s) s from t group by k having n > 1 order by n desc, k limit 3",
  "select count(*) c from t a join t b on a.k = b.k where a.i < 500",
  "with recursive f(a, b, n) as (select 0::bigint, 1::bigint, 0 union all select b, a + b, n + 1 from f where n < 60) select max(a) m from f",
  "select 1 / 0 as d, sqrt(-1)",
  "select regexp_replace('aaa bbb', 'b+', 'x') r, list_sort([3, 1, 2]) l, date '2024-02-29' + interval 1 year d",
  "insert into t values (1)",
];

/** @param {string} folder @returns {Promise<Uint8Array>} */
export async function run(folder) {
  const require = createRequire(join(folder, "package.json"));
  const duckdb = require("@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs");
  const home = join(folder, "node_modules/@duckdb/duckdb-wasm/dist");
  const bundle = { mainModule: join(home, "duckdb-eh.wasm"), mainWorker: "" };
  const database = await duckdb.createDuckDB(
    { eh: bundle, mvp: bundle },
    new duckdb.VoidLogger(),
    duckdb.NODE_RUNTIME,
  );
  await database.instantiate(() => {});
  const connection = database.connect();
  const results = queries.map((query) => {
    try {
      const rows = connection
        .query(query)
        .toArray()
        .map((row) => row.toJSON());
      return JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? `${value}n` : value));
    } catch (error) {
      return `error: ${error.message}`;
    }
  });
  if (!results[0].includes("2666646666700000")) throw new Error(`duckdb counts wrong: ${results[0]}`);
  return new TextEncoder().encode(results.join("\n"));
}
