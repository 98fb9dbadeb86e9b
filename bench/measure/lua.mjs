// Lua as npm's wasmoon ships it, driven by its own glue: one call runs a chunk of mixed work.
import { join } from "node:path";
import { withGlue } from "../lib/glue.mjs";
import { packageDir, packageUrl } from "../lib/packages.mjs";

export const wasmFile = () => join(packageDir("wasmoon"), "dist/glue.wasm");

const chunk = `
  local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end

  local Account = {}
  Account.__index = Account
  function Account.new(balance) return setmetatable({ balance = balance }, Account) end
  function Account:deposit(amount) self.balance = self.balance + amount return self end

  function work()
    local sum = fib(20)
    local accounts = {}
    for i = 1, 200 do accounts[i] = Account.new(i) end
    for round = 1, 120 do
      for i, account in ipairs(accounts) do account:deposit(round * i % 7) end
    end
    table.sort(accounts, function(a, b) return a.balance % 97 < b.balance % 97 end)
    for i = 1, 200, 7 do sum = sum * 3 % 1000003 + accounts[i].balance end

    local words = {}
    for word in ("the quick brown fox jumps over the lazy dog"):rep(60, " "):gmatch("%a+") do
      words[#words + 1] = word:upper():reverse() .. #words
    end
    local text = table.concat(words, ","):gsub("%d+", function(d) return "<" .. d * 2 .. ">" end)
    for i = 1, #text, 11 do sum = (sum * 31 + text:byte(i)) % 1000003 end

    local x = 0.5
    for i = 1, 30000 do x = 3.7 * x * (1 - x) end
    return string.format("%d %.12f %d", sum, x, #text)
  end`;

/** Gives `run()`: the text that the chunk returns. */
export async function start(program, bytes) {
  const { LuaFactory } = await import(packageUrl("wasmoon", "dist/index.js"));
  const lua = await withGlue(bytes, program.instantiate, () => new LuaFactory().createEngine());
  lua.doStringSync(chunk);
  const work = lua.global.get("work");
  return () => work();
}
