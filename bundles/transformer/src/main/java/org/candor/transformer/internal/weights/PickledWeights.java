package org.candor.transformer.internal.weights;

import java.util.Locale;
import java.util.Set;
import org.candor.api.model.ModelFormatException;

/** Weights stored as Python pickles run whatever code their author put in when they are read, so they never are. */
final class PickledWeights {

    private static final Set<String> ENDINGS = Set.of("bin", "pt", "pth", "pkl", "pickle", "ckpt");

    private PickledWeights() {}

    /** Whether files of this name usually hold pickles. */
    static boolean named(String file) {
        return ENDINGS.contains(file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /**
     * Whether a file begins like a pickle (protocols 2 to 5) or like the zip archive that PyTorch wraps around one.
     *
     * @param start at least 4 bytes
     */
    static boolean recognizes(byte[] start) {
        boolean pickle = (start[0] & 0xFF) == 0x80 && start[1] >= 2 && start[1] <= 5;
        boolean zip = start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4;
        return pickle || zip;
    }

    /** Why this file is not read and what to do. */
    static ModelFormatException refusal(String file) {
        return new ModelFormatException(
                file + ": pickled weights are refused, because reading a pickle can run any code"
                        + " it contains; convert the model to safetensors");
    }
}
