// Translated modules as ordinary instances, without a hypervisor.
import { WasmvisorError } from "../base/errors.js";
import type { Core } from "../core/assets.js";
import { type Translated, type TranslateOptions, translateWith } from "../core/translate.js";
import { type Image, imageOf, imageOfAsync, type ModuleSource } from "./image.js";
import { Instance, type InstantiateOptions, type Untyped } from "./instance.js";
import type { Imports } from "./link.js";
import { Runtime, type RuntimeOptions } from "./runtime.js";
import { slicerOf } from "./slicer.js";
import type { RunOptions } from "./stopped.js";
import { explain } from "./traps.js";

export type EmbedOptions = InstantiateOptions &
  RuntimeOptions & {
    /** Shared by instances that may be on one stack. Default: one of its own, made with the same options. */
    readonly runtime?: Runtime;
  };

/** The library over loaded modules. */
export interface Embed {
  /**
   * Rewrites a module. The same bytes and options give the same bytes. Throws a TranslateError; whether the
   * module is valid is for the engine to say, when it compiles the output.
   */
  translate(bytes: Uint8Array, options?: TranslateOptions): Translated;
  /** A frame store that several instances may share. */
  createRuntime(options?: RuntimeOptions): Runtime;
  /**
   * Translates unless that was done, checks quotas, links, instantiates, and runs the active segments and the start
   * function in slices. Rejects as WebAssembly.instantiate does, with a TranslateError, QuotaExceeded, VerifyError,
   * or with what the start function ended with.
   */
  instantiate<Exports extends object = Untyped>(
    source: ModuleSource,
    imports?: Imports,
    options?: EmbedOptions,
  ): Promise<Instance<Exports>>;
  /** The same at once, for those who cannot wait. */
  instantiateSync<Exports extends object = Untyped>(
    source: ModuleSource,
    imports?: Imports,
    options?: Omit<EmbedOptions, Exclude<keyof RunOptions, "quantum">>,
  ): Instance<Exports>;
  /** The typed error for what a direct call of an export threw. */
  explain(runtime: Runtime, thrown: unknown): unknown;
}

/** `verify` is the independent checker; it throws when a translated module does not keep the rules. */
export function createEmbed(core: Core, verify: (translated: Uint8Array) => unknown): Embed {
  const prepare = (image: Image, imports: Imports | undefined, options: EmbedOptions): Instance => {
    if (options.verify) verify(image.translated);
    return new Instance(options.runtime ?? new Runtime(core, options), image, imports, options);
  };
  return {
    translate: (bytes, options) => translateWith(core.translator, bytes, options),
    createRuntime: (options) => new Runtime(core, options),

    async instantiate(source, imports, options = {}) {
      options.signal?.throwIfAborted();
      const slicer = slicerOf(core.platform);
      const image = await slicer.inTurn(() => imageOfAsync(core, source, options));
      const instance = await slicer.inTurn(() => prepare(image, imports, options));
      options.signal?.throwIfAborted();
      const init = options.init === false ? undefined : instance.init(options);
      try {
        await init?.run(options);
      } catch (error) {
        // There is no instance, so there is nothing to resume.
        instance.drop();
        init?.drop();
        throw error;
      }
      return instance as Instance<never>;
    },

    instantiateSync(source, imports, options = {}) {
      const instance = prepare(imageOf(core, source, options), imports, options);
      if (options.init !== false) instance.init(options)?.runToEnd();
      return instance as Instance<never>;
    },

    explain(runtime, thrown) {
      if (runtime.busy) throw new WasmvisorError("Ask when the direct call is over, outside of any guest");
      return explain(runtime, thrown);
    },
  };
}
