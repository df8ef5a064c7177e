/** Adds new cases to the golden pins: `node tests/pins/add.ts`. What is pinned stays as it is. */
import { addToGolden } from "./golden.ts";
import { jsonShapes } from "./json-shapes.ts";
import { allPins } from "./protocols.ts";
import { vocabularyPins } from "./vocabulary.ts";

console.log(`protocols: ${addToGolden("protocols", allPins())} added`);
console.log(`vocabulary: ${addToGolden("vocabulary", vocabularyPins())} added`);
console.log(`JSON shapes: ${addToGolden("json-shapes", await jsonShapes())} added`);
