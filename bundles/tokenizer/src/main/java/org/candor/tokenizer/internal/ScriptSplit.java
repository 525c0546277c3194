package org.candor.tokenizer.internal;

import java.util.Map;

/**
 * Splits where the script changes. Blanks and unassigned characters belong to whatever is before them; those in front of
 * everything are dropped, as the library does.
 *
 * @param scripts number of each character's script, 0 for those of any
 */
record ScriptSplit(CodePointTable scripts) implements PreTokenizer {

    static ScriptSplit of(UnicodeTables tables) {
        CodePointTable.Builder scripts = new CodePointTable.Builder();
        for (Map.Entry<Integer, int[]> run : tables.mapping("script-runs").entrySet()) {
            for (int c = run.getKey(); c <= run.getValue()[0] && run.getValue()[1] != 0; c++) {
                scripts.set(c, run.getValue()[1]);
            }
        }
        return new ScriptSplit(scripts.build());
    }

    @Override
    public void apply(Pieces pieces) {
        int[] points = pieces.text().codePoints();
        pieces.resplit();
        for (int i = 0; i < pieces.count(); i++) {
            int start = -1;
            int before = 0;
            for (int at = pieces.from(i); at < pieces.to(i); at++) {
                int script = scripts.get(points[at]);
                if (script != 0 && script != before) {
                    if (start >= 0) {
                        pieces.add(start, at);
                    }
                    start = at;
                    before = script;
                }
            }
            if (start >= 0) {
                pieces.add(start, pieces.to(i));
            }
        }
        pieces.finish();
    }
}
