// What programs expect to find in the global object, and QuickJS does not bring along.

import "./console.js";
import "./abort.js";
import "./missing.js";
import "./random.js";
import "./text.js";
import "./timers.js";
