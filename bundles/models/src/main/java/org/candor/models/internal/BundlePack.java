package org.candor.models.internal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Set;
import java.util.TreeSet;
import org.candor.proof.PackKind;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

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

    @Override
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        Enumeration<String> paths = bundle.getEntryPaths(PackKind.MODEL.folder());
        while (paths != null && paths.hasMoreElements()) {
            names.add(paths.nextElement().substring(PackKind.MODEL.folder().length() + 1));
        }
        return names;
    }

    /** A bundle that came from a file in a deploy folder goes with its file, or the next start would install it again. */
    @Override
    public void discard() throws IOException {
        Path file = deployed();
        if (file != null) {
            Files.deleteIfExists(file);
        }
        try {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                bundle.uninstall();
            }
        } catch (BundleException | IllegalStateException e) {
            throw new IOException(location() + " cannot be uninstalled: " + e.getMessage(), e);
        }
    }

    private Path deployed() {
        String location = bundle.getLocation();
        if (!location.startsWith("file:")) {
            return null;
        }
        try {
            Path file = Path.of(URI.create(location));
            Path folder = file.getParent();
            boolean inDeploy = folder != null && folder.endsWith("deploy");
            return inDeploy && Files.isRegularFile(file) ? file : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
