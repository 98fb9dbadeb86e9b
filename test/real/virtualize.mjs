// Puts translated modules under a program that knows nothing of it: replaces the engine's compile and
// instantiate functions in this process. The program's glue keeps calling exports synchronously; each such
// call is run here in slices until it is done. What comes back into the guest through JS while a call runs
// cannot be sliced: it is pinned, and counted.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../support/packages.mjs";
import { sliceSizes } from "../support/random.mjs";

const library = await import(pathToFileURL(join(root, "dist/translator.js")).href);

/** The largest random slice, in units. */
const largestSlice = 1_000_000;

/** How much a pinned section is granted at a time, in units: the exactness of `pinnedUnits`. */
const pinnedGrant = 1000;

/** MicroPython runs all of a program below one JS frame: pinned sections may last. */
const pinnedBudget = 2 ** 50;

const engine = {
  Module: WebAssembly.Module,
  Instance: WebAssembly.Instance,
  compile: WebAssembly.compile,
};

/**
 * @param {string} mode "translated", "every" or "random:SEED"
 * @param {boolean} verify have each translation checked
 * @param {number | undefined} stackBytes native stack that the guests may use; undefined: the library's default
 */
export function virtualize(mode, verify, stackBytes) {
  const hypervisor = new Hypervisor(
    library.createRuntime({ stackBytes, quantum: pinnedGrant, pinnedBudget }),
    mode,
    verify,
  );
  hypervisor.install();
  return hypervisor;
}

class Hypervisor {
  #runtime;
  #verify;
  #nextSlice;
  /** The bytes of each module that the program has compiled. */
  #sources = new WeakMap();
  /** By module: what the translator made of it. */
  #translated = new WeakMap();
  /** W(f) to the function that runs it, and back. */
  #runners = new WeakMap();
  #wrapped = new WeakMap();
  #facts = {
    modules: 0,
    calls: 0,
    suspensions: 0,
    pinnedCalls: 0,
    units: 0,
    pinnedUnits: 0,
    deepestBytes: 0,
    translateMs: 0,
    originalBytes: 0,
    translatedBytes: 0,
  };
  /** The image of the stack that took most bytes. */
  #deepest;
  /** Whether frames can be told apart: their maps cost a second translation. */
  #describesFrames;

  constructor(runtime, mode, verify) {
    this.#runtime = runtime;
    this.#verify = verify;
    this.#describesFrames = mode !== "translated";
    this.#nextSlice = sliceSizes(mode === "translated" ? "none" : mode, largestSlice);
  }

  /** What happened so far; the counts are over all instances. */
  facts() {
    const { originalBytes, translatedBytes, ...facts } = this.#facts;
    return {
      ...facts,
      deepestFrames:
        this.#describesFrames && this.#deepest
          ? library.describeFrames(this.#runtime, this.#deepest).length
          : undefined,
      growth: originalBytes ? translatedBytes / originalBytes : undefined,
    };
  }

  install() {
    const self = this;
    function Module(bytes) {
      const module = new engine.Module(bytes);
      if (!calledByLibrary()) self.#remember(module, bytes);
      return module;
    }
    function Instance(module, imports) {
      return calledByLibrary() ? new engine.Instance(module, imports) : self.#instantiate(module, imports);
    }
    // Modules stay the engine's own, of the original bytes: what JS asks about them needs no help.
    for (const [replacement, original] of [
      [Module, engine.Module],
      [Instance, engine.Instance],
    ]) {
      replacement.prototype = original.prototype;
      Object.setPrototypeOf(replacement, original);
    }
    const compile = async (bytes) => {
      const copy = bytesOf(bytes).slice();
      const module = await engine.compile(copy);
      self.#sources.set(module, copy);
      return module;
    };
    const instantiate = async (source, imports) => {
      if (source instanceof engine.Module) return self.#instantiate(source, imports);
      const module = await compile(source);
      return { module, instance: self.#instantiate(module, imports) };
    };
    const bytesOfResponse = async (response) => (await response).arrayBuffer();
    const compileBesideLibrary = WebAssembly.compile;
    Object.assign(WebAssembly, {
      Module,
      Instance,
      compile: (bytes) => (calledByLibrary() ? compileBesideLibrary(bytes) : compile(bytes)),
      instantiate,
      compileStreaming: async (response) => compile(await bytesOfResponse(response)),
      instantiateStreaming: async (response, imports) =>
        instantiate(await bytesOfResponse(response), imports),
    });
  }

  #remember(module, bytes) {
    this.#sources.set(module, bytesOf(bytes).slice());
  }

  #instantiate(module, imports) {
    const translation = this.#translation(module);
    const source = this.#describesFrames ? this.#sources.get(module) : translation;
    const tables = [];
    const instance = library.instantiateSync(source, this.#unwrapImports(imports, tables), {
      runtime: this.#runtime,
      verify: this.#verify,
      init: false,
    });
    // After the library, which guards them too.
    for (const table of tables) this.#guard(table);
    const init = instance.init();
    if (init) this.#runToEnd(init);
    const exports = Object.create(null);
    for (const [name, value] of Object.entries(instance.exports)) exports[name] = this.#present(value);
    return Object.create(engine.Instance.prototype, {
      exports: { value: Object.freeze(exports), enumerable: true },
    });
  }

  #translation(module) {
    let translation = this.#translated.get(module);
    if (translation === undefined) {
      const source = this.#sources.get(module);
      const startedAt = performance.now();
      translation = library.translate(source);
      this.#facts.translateMs += performance.now() - startedAt;
      this.#facts.modules += 1;
      this.#facts.originalBytes += source.length;
      this.#facts.translatedBytes += translation.bytes.length;
      this.#translated.set(module, translation);
    }
    return translation;
  }

  /** An export as the program sees it. */
  #present(value) {
    if (typeof value === "function") return this.#runner(value);
    if (value instanceof WebAssembly.Table) this.#guard(value);
    return value;
  }

  /** Glue takes functions out of tables and calls them: they run in slices too. */
  #guard(table) {
    if (this.#wrapped.has(table)) return;
    this.#wrapped.set(table, table);
    const { get, set, grow } = table;
    const unwrap = (value) => this.#unwrap(value);
    const methods = {
      get: (index) => this.#present(get.call(table, index)),
      set: (index, ...value) => set.call(table, index, ...value.map(unwrap)),
      grow: (delta, ...value) => grow.call(table, delta, ...value.map(unwrap)),
    };
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(table, name, { value, configurable: true, writable: true });
    }
  }

  #runner(f) {
    let runner = this.#runners.get(f);
    if (runner === undefined) {
      runner = (...args) => this.#call(f, args);
      Object.defineProperties(runner, { name: { value: f.name }, length: { value: f.length } });
      this.#runners.set(f, runner);
      this.#wrapped.set(runner, f);
    }
    return runner;
  }

  #unwrap(value) {
    return (typeof value === "function" && this.#wrapped.get(value)) || value;
  }

  /** Glue may give Proxies and frozen namespaces: what it gives is looked up as the names are needed. */
  #unwrapImports(imports, tables) {
    if (imports === undefined || imports === null) return imports;
    return new Proxy(Object.create(null), {
      get: (_, module) => {
        const names = imports[module];
        if (names === undefined || names === null) return names;
        return new Proxy(Object.create(null), {
          get: (_target, name) => {
            const value = this.#unwrap(names[name]);
            if (value instanceof WebAssembly.Table) tables.push(value);
            return value;
          },
        });
      },
    });
  }

  #call(f, args) {
    if (this.#runtime.busy) {
      this.#facts.pinnedCalls += 1;
      return f(...args);
    }
    this.#facts.calls += 1;
    return this.#runToEnd(new library.Activation(this.#runtime, f, args));
  }

  #runToEnd(activation) {
    try {
      for (;;) {
        const outcome = activation.step(this.#nextSlice());
        this.#facts.pinnedUnits += this.#runtime.exports.grantedPinned();
        if (outcome === "done") return activation.result;
        if (outcome === "waiting") {
          this.#runtime.waits.sleep(activation);
          continue;
        }
        this.#facts.suspensions += 1;
        this.#measure(activation);
      }
    } finally {
      this.#facts.units += activation.spent;
    }
  }

  #measure(activation) {
    const image = activation.image();
    const bytes = image.cells.byteLength;
    if (bytes <= this.#facts.deepestBytes) return;
    this.#facts.deepestBytes = bytes;
    this.#deepest = image;
  }
}

function bytesOf(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(source);
}

/** Whether the code that called our caller is the library itself, which must get the engine's own functions. */
function calledByLibrary() {
  const frame = new Error().stack?.split("\n")[3] ?? "";
  return frame.includes("/dist/core/") || frame.includes("/dist/embed/");
}
