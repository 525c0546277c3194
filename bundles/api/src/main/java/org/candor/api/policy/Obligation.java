package org.candor.api.policy;

import java.util.Set;

/** Something that must be done for a permit to hold. */
public sealed interface Obligation {

    /**
     * Personal data of these kinds is masked in answers.
     *
     * @param kinds of {@link PersonalData.Kind}
     */
    record MaskPersonalData(Set<PersonalData.Kind> kinds) implements Obligation {
        public MaskPersonalData {
            kinds = Set.copyOf(kinds);
        }
    }
}
