package org.candor.template.internal;

import java.util.AbstractList;
import java.util.List;

/** Python's range. */
record NumberRange(long start, long stop, long step) {
    /** As in Jinja's sandbox. */
    static final int MOST = 100_000;

    int size() {
        long span = step > 0 ? stop - start : start - stop;
        long stride = Math.abs(step);
        return span <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (span + stride - 1) / stride);
    }

    long get(int index) {
        return start + index * step;
    }

    List<Object> items() {
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                return NumberRange.this.get(java.util.Objects.checkIndex(index, size()));
            }

            @Override
            public int size() {
                return NumberRange.this.size();
            }
        };
    }

    String printed() {
        return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
    }
}
