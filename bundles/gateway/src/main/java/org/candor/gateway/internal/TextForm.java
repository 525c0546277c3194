package org.candor.gateway.internal;

import java.util.List;
import java.util.Map;
import org.candor.api.generate.Piece;
import org.candor.api.operation.Generation.Begun;
import org.candor.api.operation.Generation.Written;

/** How one kind of request shows its text. For one request; used by one thread at a time. */
interface TextForm {

    /** Chunks before any text. */
    List<Map<String, Object>> begin(Begun begun);

    /** Chunks of a piece. Why a text ended is told by {@link #end}, when that is in the log. */
    List<Map<String, Object>> piece(Piece piece);

    /** Chunks after the text: why each ended; the last one proves it. */
    List<Map<String, Object>> end(Written written);

    /** Chunks in place of what would follow, where the text failed after it had begun. */
    default List<Map<String, Object>> failed(ApiError error) {
        return List.of(JsonText.readObject(error.response().body()));
    }

    /** All of it at once. */
    Map<String, Object> whole(Written written);

    /** Whether chunks are events named after their member {@code type}. Otherwise they have no names, and {@code [DONE]} ends them. */
    default boolean typed() {
        return false;
    }
}
