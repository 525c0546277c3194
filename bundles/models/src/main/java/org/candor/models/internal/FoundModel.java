package org.candor.models.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model that lies somewhere without a card.
 *
 * @param place folder or file that somebody named
 * @param family the {@code model_type}
 * @param use how it is used
 * @param files that belong to it, by name
 * @param notes what the place leaves open, and what was taken instead
 */
record FoundModel(Path place, String family, ModelUse use, Map<String, Path> files, List<String> notes) {

    /** The same, used in another way. */
    FoundModel with(ModelUse other) {
        return new FoundModel(place, family, other, files, notes);
    }
}
