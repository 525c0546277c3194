package org.candor.models.internal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import org.osgi.framework.Bundle;

/** A pack that is a bundle: its files lie in MODEL/. */
record BundlePack(Bundle bundle) implements ModelPack {

    @Override
    public String location() {
        return "bundle " + bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    @Override
    public InputStream open(String file) throws IOException {
        URL entry = bundle.getEntry("MODEL/" + file);
        if (entry == null) {
            throw new FileNotFoundException(location() + " has no MODEL/" + file);
        }
        return entry.openStream();
    }
}
