// The Worker that translates, in browsers.
import { serveTranslation } from "./machine/translation-service.js";
import { serve } from "./platform/browser/worker-port.js";

serve(serveTranslation());
