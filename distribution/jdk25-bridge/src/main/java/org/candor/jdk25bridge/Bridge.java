package org.candor.jdk25bridge;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;

/** The agent: redirects Karaf 4.4's questions for the current subject to {@link CurrentSubject}. See the README. */
public final class Bridge implements ClassFileTransformer {

    /** What a class must contain, exactly: calls of {@code Subject.getSubject}, and {@code doAs} methods of its own. */
    record Shape(int questions, int doAsMethods) {}

    static final Map<String, Shape> EXPECTED = Map.of(
            "org/apache/karaf/util/jaas/JaasHelper", new Shape(1, 2),
            "org/apache/karaf/jaas/command/WhoamiCommand", new Shape(1, 0),
            "org/apache/karaf/shell/impl/console/osgi/secured/SecuredSessionFactoryImpl", new Shape(1, 0),
            "org/apache/karaf/shell/support/ShellUtil", new Shape(1, 0),
            "org/apache/felix/eventadmin/impl/handler/EventAdminImpl", new Shape(1, 0));

    private static final int EXIT_SOFTWARE = 70;

    private static final ClassDesc CURRENT_SUBJECT = ClassDesc.of("org.candor.jdk25bridge.CurrentSubject");
    private static final ClassDesc SUBJECT = ClassDesc.of("javax.security.auth.Subject");
    private static final MethodTypeDesc GET = MethodTypeDesc.of(SUBJECT, ConstantDescs.CD_Object);
    private static final MethodTypeDesc GET_SUBJECT =
            MethodTypeDesc.of(SUBJECT, ClassDesc.of("java.security.AccessControlContext"));

    /** Called by the JVM before Karaf's main class. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        instrumentation.addTransformer(new Bridge());
    }

    @Override
    public byte[] transform(
            Module module,
            ClassLoader loader,
            String name,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] classBytes) {
        Shape expected = name == null ? null : EXPECTED.get(name);
        if (expected == null) {
            return null;
        }
        try {
            return bridge(name, expected, classBytes);
        } catch (Throwable e) {
            // The JVM swallows what a transformer throws and loads the class unchanged: access control would have a
            // hole.
            System.err.println("JDK 25 bridge: " + e + ". The server stops; see distribution/jdk25-bridge/README.md.");
            Runtime.getRuntime().halt(EXIT_SOFTWARE);
            return null;
        }
    }

    /**
     * The changed class.
     *
     * @throws IllegalStateException when the class is not of the expected shape
     */
    static byte[] bridge(String name, Shape expected, byte[] classBytes) {
        // A missing supertype only matters for merging stack types, where Object is always a valid answer here.
        ClassHierarchyResolver hierarchy = ClassHierarchyResolver.defaultResolver()
                .orElse(unknown -> ClassHierarchyInfo.ofClass(ConstantDescs.CD_Object));
        ClassFile classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy));
        ClassModel model = classFile.parse(classBytes);
        Shape found = shape(model);
        if (!found.equals(expected)) {
            throw new IllegalStateException("class " + name + " has " + found + " where " + expected
                    + " was expected: not the Karaf this bridge was made for");
        }
        ClassTransform redirectQuestions = ClassTransform.transformingMethodBodies(redirectQuestion());
        return classFile.transformClass(model, redirectQuestions.andThen(Bridge::replaceDoAs));
    }

    static Shape shape(ClassModel model) {
        int questions = 0;
        int doAsMethods = 0;
        for (MethodModel method : model.methods()) {
            doAsMethods += isDoAs(method) ? 1 : 0;
            questions += (int) method.code().stream()
                    .flatMap(code -> code.elementStream())
                    .filter(Bridge::isQuestion)
                    .count();
        }
        return new Shape(questions, doAsMethods);
    }

    private static boolean isQuestion(Object element) {
        return element instanceof InvokeInstruction call
                && call.owner().asSymbol().equals(SUBJECT)
                && call.name().equalsString("getSubject")
                && call.typeSymbol().equals(GET_SUBJECT);
    }

    private static boolean isDoAs(MethodModel method) {
        return method.methodName().equalsString("doAs")
                && method.methodTypeSymbol().parameterCount() == 2
                && method.methodTypeSymbol().parameterType(0).equals(SUBJECT);
    }

    private static CodeTransform redirectQuestion() {
        return (builder, element) -> {
            if (isQuestion(element)) {
                builder.invokestatic(CURRENT_SUBJECT, "get", GET);
            } else {
                builder.with(element);
            }
        };
    }

    private static void replaceDoAs(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method && isDoAs(method)) {
            builder.transformMethod(method, (methodBuilder, part) -> {
                if (part instanceof CodeModel) {
                    methodBuilder.withCode(code -> code.aload(0)
                            .aload(1)
                            .invokestatic(CURRENT_SUBJECT, "doAs", method.methodTypeSymbol())
                            .areturn());
                } else {
                    methodBuilder.with(part);
                }
            });
        } else {
            builder.with(element);
        }
    }
}
