package org.candor.api.compute;

/**
 * What every {@link Backend} has to pass. A backend's test extends this class and returns the backend to test; each
 * operation is compared with its definition in binary64 over random and awkward shapes, weight types and views, and
 * checked for repeatability, for independence from the rest of the batch, and for its errors.
 */
public abstract class BackendContract
        implements LinearContract,
                RowContract,
                AttentionContract,
                DecoderContract,
                BlockContract,
                CachedAttentionContract,
                MemoryContract {

    /** The backend under test, the same for every test of a class; its owner closes it. */
    @Override
    public abstract Backend backend();
}
