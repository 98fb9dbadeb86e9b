// Lets a package's own JavaScript glue run on an instance that we make.

/**
 * Runs `load()` (the package's initialization) while WebAssembly.instantiate, asked for the module `bytes`, hands the glue
 * what `instantiate(imports)` returns (an object with `exports`, or a promise). Other modules that the glue makes (wrappers
 * of JS functions) are instantiated as ever.
 */
export async function withGlue(bytes, instantiate, load) {
  const original = WebAssembly.instantiate;
  let used = false;
  WebAssembly.instantiate = async (source, imports) => {
    if (source instanceof WebAssembly.Module || source.byteLength !== bytes.byteLength)
      return original(source, imports);
    used = true;
    return { instance: await instantiate(imports), module: undefined };
  };
  try {
    const result = await load();
    if (!used) throw new Error("bench: the glue did not ask WebAssembly.instantiate for the module");
    return result;
  } finally {
    WebAssembly.instantiate = original;
  }
}
