package org.candor.consent.internal;

/** Erasure's side of the subject keys. */
interface KeyDestruction {

    /**
     * Destroys the subject's key, durably; does nothing where there is none.
     *
     * @throws org.candor.api.consent.ConsentUnavailableException when the key cannot be destroyed
     */
    void destroy(String tenant, String subject);
}
