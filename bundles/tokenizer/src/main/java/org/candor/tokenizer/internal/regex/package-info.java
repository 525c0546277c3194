/** Regular expressions of tokenizer.json, on code points, in time linear in the text wherever that is possible. */
package org.candor.tokenizer.internal.regex;
