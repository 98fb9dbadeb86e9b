import { assertVerified } from "../checker/index.js";
import { answer, type TranslationReply, type TranslationRequest } from "../core/translation.js";

/** In the Worker: a function that answers the messages one after the other. */
export function serveTranslation(): (message: unknown) => {
  reply: TranslationReply | undefined;
  transfer: ArrayBuffer[];
} {
  let translator: WebAssembly.Module | undefined;
  return (message) => {
    const request = message as TranslationRequest;
    if (request.kind === "begin") {
      translator = request.translator;
      return { reply: undefined, transfer: [] };
    }
    if (translator === undefined) {
      return { reply: { kind: "failed", message: "There is no translator yet" }, transfer: [] };
    }
    const reply = answer(translator, request, assertVerified);
    return { reply, transfer: reply.kind === "translated" ? [reply.bytes.buffer] : [] };
  };
}
