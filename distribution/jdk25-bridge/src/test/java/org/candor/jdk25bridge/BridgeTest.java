package org.candor.jdk25bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.junit.jupiter.api.Test;

/** Runs the bridge on the classes of the real Karaf jars on the test class path. */
class BridgeTest {

    private static final String JAAS_HELPER = "org/apache/karaf/util/jaas/JaasHelper";

    @Test
    void everyExpectedClassIsChangedAndStaysAValidClass() throws IOException {
        Map<String, Integer> seen = new TreeMap<>();
        for (Copy copy : copies()) {
            byte[] bridged = Bridge.bridge(copy.name, Bridge.EXPECTED.get(copy.name), copy.bytes);
            assertEquals(0, questions(bridged), copy + " still asks Subject.getSubject");
            assertTrue(
                    constants(bridged).contains("org/candor/jdk25bridge/CurrentSubject"), copy + " was not redirected");
            assertEquals(List.of(), verifyErrors(bridged), copy.toString());
            seen.merge(copy.name, 1, Integer::sum);
        }
        assertEquals(Bridge.EXPECTED.keySet(), seen.keySet(), "an expected class is in no Karaf jar");
        assertEquals(
                4, seen.get(JAAS_HELPER), "bundle.core, jaas.command, shell.core and shell.ssh each hold a JaasHelper");
    }

    @Test
    void noOtherClassOfTheseJarsAsksForTheSubject() throws IOException {
        List<String> asking = new ArrayList<>();
        for (Path jar : karafJars()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                for (JarEntry entry : file.stream()
                        .filter(e -> e.getName().endsWith(".class"))
                        .toList()) {
                    String name = entry.getName().replace(".class", "");
                    if (!Bridge.EXPECTED.containsKey(name) && questions(read(file, entry)) > 0) {
                        asking.add(name);
                    }
                }
            }
        }
        assertEquals(List.of(), asking);
    }

    @Test
    void aBridgedHelperRunsAsTheSubjectAndForgetsItAfterwards() throws Exception {
        Class<?> helper = define(only(JAAS_HELPER));
        Subject subject = withRole("auditor");
        var doAs = helper.getMethod("doAs", Subject.class, PrivilegedAction.class);
        var hasRole = helper.getMethod("currentUserHasRole", String.class);

        Object inside = doAs.invoke(null, subject, (PrivilegedAction<Object>) () -> invoke(hasRole, "auditor"));
        Object other = doAs.invoke(null, subject, (PrivilegedAction<Object>) () -> invoke(hasRole, "admin"));

        assertEquals(true, inside);
        assertEquals(false, other);
        assertNull(CurrentSubject.get(null));
    }

    @Test
    void theSubjectReachesThreadsThatTheActionStarts() throws Exception {
        Subject subject = withRole("viewer");
        List<Subject> seen = new ArrayList<>();
        CurrentSubject.doAs(subject, (PrivilegedExceptionAction<Void>) () -> {
            Thread child = new Thread(() -> seen.add(CurrentSubject.get(null)));
            child.start();
            child.join();
            return null;
        });
        assertSame(subject, seen.getFirst());
    }

    @Test
    void nestedSubjectsAreRestored() {
        Subject outer = withRole("outer");
        Subject inner = withRole("inner");
        CurrentSubject.doAs(outer, (PrivilegedAction<Void>) () -> {
            CurrentSubject.doAs(inner, (PrivilegedAction<Void>) () -> null);
            assertSame(outer, CurrentSubject.get(null));
            return null;
        });
    }

    @Test
    void aFailedActionRestoresTheSubjectAndWrapsCheckedExceptionsOnly() {
        Subject subject = withRole("viewer");
        PrivilegedActionException wrapped = assertThrows(
                PrivilegedActionException.class,
                () -> CurrentSubject.doAs(subject, (PrivilegedExceptionAction<Void>) () -> {
                    throw new IOException("disk");
                }));
        assertEquals("disk", wrapped.getCause().getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> CurrentSubject.doAs(subject, (PrivilegedExceptionAction<Void>) () -> {
                    throw new IllegalStateException("state");
                }));
        assertNull(CurrentSubject.get(null));
    }

    @Test
    void aClassOfAnotherShapeIsRefused() throws IOException {
        byte[] bridged = Bridge.bridge(JAAS_HELPER, Bridge.EXPECTED.get(JAAS_HELPER), only(JAAS_HELPER));
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> Bridge.bridge(JAAS_HELPER, Bridge.EXPECTED.get(JAAS_HELPER), bridged));
        assertTrue(refused.getMessage().contains("JaasHelper"), refused.getMessage());
    }

    @Test
    void classesThatAreNotExpectedAreLeftAlone() throws IOException {
        assertNull(new Bridge().transform(null, null, "org/apache/karaf/Other", null, null, only(JAAS_HELPER)));
        assertNull(new Bridge().transform(null, null, null, null, null, only(JAAS_HELPER)));
    }

    private record Copy(Path jar, String name, byte[] bytes) {
        @Override
        public String toString() {
            return name + " of " + jar.getFileName();
        }
    }

    private static List<Copy> copies() throws IOException {
        List<Copy> copies = new ArrayList<>();
        for (Path jar : karafJars()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                for (String name : Bridge.EXPECTED.keySet()) {
                    JarEntry entry = file.getJarEntry(name + ".class");
                    if (entry != null) {
                        copies.add(new Copy(jar, name, read(file, entry)));
                    }
                }
            }
        }
        return copies;
    }

    private static List<Path> karafJars() {
        List<Path> jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.getFileName().toString().startsWith("org.apache.karaf."))
                .toList();
        assertTrue(jars.size() >= 6, "Karaf's jars are not on the class path: " + jars);
        return jars;
    }

    private static byte[] only(String name) throws IOException {
        return copies().stream()
                .filter(copy -> copy.name.equals(name))
                .findFirst()
                .orElseThrow()
                .bytes;
    }

    private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static List<String> constants(byte[] classBytes) {
        List<String> texts = new ArrayList<>();
        ClassFile.of().parse(classBytes).constantPool().forEach(entry -> {
            if (entry instanceof java.lang.classfile.constantpool.Utf8Entry text) {
                texts.add(text.stringValue());
            }
        });
        return texts;
    }

    private static int questions(byte[] classBytes) {
        return Bridge.shape(ClassFile.of().parse(classBytes)).questions();
    }

    private static List<VerifyError> verifyErrors(byte[] classBytes) {
        return ClassFile.of().verify(classBytes);
    }

    private static Class<?> define(byte[] original) {
        byte[] bridged = Bridge.bridge(JAAS_HELPER, Bridge.EXPECTED.get(JAAS_HELPER), original);
        return new ClassLoader(BridgeTest.class.getClassLoader()) {
            Class<?> define() {
                return defineClass(JAAS_HELPER.replace('/', '.'), bridged, 0, bridged.length);
            }
        }.define();
    }

    private static Object invoke(java.lang.reflect.Method method, String role) {
        try {
            return method.invoke(null, role);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Subject withRole(String role) {
        Subject subject = new Subject();
        subject.getPrincipals().add(new RolePrincipal(role));
        return subject;
    }
}
