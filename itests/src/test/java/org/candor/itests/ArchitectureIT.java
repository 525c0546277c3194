package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls between the rooms, read from the bundles as they ship. */
class ArchitectureIT {

    /** A package name of ours at the start of a clause of Import-Package or Export-Package. */
    private static final Pattern PACKAGE = Pattern.compile("(?:^|,)(org\\.candor\\.[a-z0-9_.]+)");

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    @Test
    void bundlesDependOnContractsAndTheTwoLibrariesOnly() throws IOException {
        List<String> trespasses = new ArrayList<>();
        for (Path jar : bundles()) {
            for (String imported : packages(jar, "Import-Package")) {
                if (!isContract(imported)) {
                    trespasses.add(jar.getFileName() + " imports " + imported);
                }
            }
        }
        assertEquals(List.of(), trespasses);
    }

    @Test
    void onlyContractsAreExported() throws IOException {
        List<String> trespasses = new ArrayList<>();
        for (Path jar : bundles()) {
            for (String exported : packages(jar, "Export-Package")) {
                if (!isContract(exported)) {
                    trespasses.add(jar.getFileName() + " exports " + exported);
                }
            }
        }
        assertEquals(List.of(), trespasses);
    }

    @Test
    void noBundleCarriesAnotherRoomsClasses() throws IOException {
        List<String> trespasses = new ArrayList<>();
        for (Path jar : bundles()) {
            String room = jar.getFileName().toString().replaceAll("^org\\.candor\\.|-1\\.0\\.0\\.jar$", "");
            // compute-cpu lives in org.candor.compute.cpu.
            String own = "org/candor/" + room.replaceAll("[.-]", "/") + "/";
            try (JarFile file = new JarFile(jar.toFile())) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith("org/candor/") && name.endsWith(".class"))
                        .filter(name -> !name.startsWith(own))
                        .forEach(name -> trespasses.add(jar.getFileName() + " holds " + name));
            }
        }
        assertEquals(List.of(), trespasses);
    }

    @Test
    void theContractsNeedNothing() throws IOException {
        Path api = bundles().stream()
                .filter(jar -> jar.getFileName().toString().startsWith("org.candor.api-"))
                .findFirst()
                .orElseThrow();
        String imports = header(api, "Import-Package").replaceAll("\"[^\"]*\"", "");
        List<String> foreign = Stream.of(imports.split(","))
                .map(clause -> clause.split(";")[0].strip())
                .filter(name -> !name.isEmpty() && !name.startsWith("java.") && !name.startsWith("org.candor.api."))
                .toList();
        assertEquals(List.of(), foreign);
    }

    /** Of a file's name, what is behind a hyphen is taken for the instance of a factory: no component would see its keys. */
    @Test
    void everyConfigurationFileIsReadUnderItsName() throws IOException {
        try (Stream<Path> files = Files.list(Server.root().resolve("etc"))) {
            List<String> ours = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("org.candor.") && name.endsWith(".cfg"))
                    .toList();
            assertTrue(ours.size() >= 10, ours.toString());
            assertEquals(
                    List.of(), ours.stream().filter(name -> name.contains("-")).toList());
        }
    }

    @Test
    void packsHoldNoCode() throws IOException {
        for (Path jar : bundles()) {
            if (jar.toString().contains("packs.")) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    assertTrue(file.stream().noneMatch(entry -> entry.getName().endsWith(".class")), jar.toString());
                }
            }
        }
    }

    private static boolean isContract(String name) {
        return name.startsWith("org.candor.api.")
                || name.equals("org.candor.proof")
                || name.equals("org.candor.backup");
    }

    private static List<Path> bundles() throws IOException {
        try (Stream<Path> files = Files.walk(Server.assembly().resolve("system/org/candor"))) {
            List<Path> jars =
                    files.filter(file -> file.toString().endsWith(".jar")).toList();
            assertTrue(jars.size() >= 13, jars.toString());
            return jars;
        }
    }

    private static Set<String> packages(Path jar, String header) throws IOException {
        Set<String> names = new TreeSet<>();
        Matcher matcher = PACKAGE.matcher(QUOTED.matcher(header(jar, header)).replaceAll(""));
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static String header(Path jar, String name) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes attributes = file.getManifest().getMainAttributes();
            return attributes.getValue(name) == null ? "" : attributes.getValue(name);
        }
    }
}
