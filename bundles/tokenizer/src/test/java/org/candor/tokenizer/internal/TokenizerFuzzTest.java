package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFormatException;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;
import org.junit.jupiter.api.Test;

/** Whatever a tokenizer.json holds, it tokenizes or is refused by name. */
class TokenizerFuzzTest {

    private static final String UNIGRAM = """
            {"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"BAAAAAAEAAAA"},
            {"type":"Replace","pattern":{"Regex":" {2,}|^"},"content":"_"},{"type":"ByteLevel"}]},
            "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"UnicodeScripts"},{"type":"FixedLength","length":5},
            {"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":true}]},
            "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"Regex":"a+"},"content":"b"},
            {"type":"CTC","pad_token":"x","word_delimiter_token":"|","cleanup":true}]},
            "model":{"type":"Unigram","unk_id":0,"byte_fallback":true,
            "vocab":[["<unk>",0],["\u2581",-1.5],["a",-2],["ab",-2.5e0]]}}
            """;

    private static final String BYTE_PAIRS = """
            {"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s)|\\\\s+(?!\\\\S)|[^a]"},
            "behavior":"MergedWithNext","invert":true},{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}]},
            "post_processor":{"type":"Sequence","processors":[{"type":"ByteLevel","trim_offsets":true},
            {"type":"RobertaProcessing","sep":["b",1],"cls":["a",0],"trim_offsets":true,"add_prefix_space":true}]},
            "decoder":{"type":"ByteLevel"},
            "added_tokens":[{"id":4,"content":"<end>","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true}],
            "model":{"type":"BPE","ignore_merges":true,"fuse_unk":true,"byte_fallback":true,"unk_token":"b",
            "vocab":{"a":0,"b":1,"ab":2,"aab":3,"<end>":4},"merges":["a b",["a","ab"]]}}
            """;

    private static final List<String> WORDS = List.of(
            "type",
            "Sequence",
            "BPE",
            "Unigram",
            "WordPiece",
            "WordLevel",
            "ByteLevel",
            "Metaspace",
            "Split",
            "Regex",
            "String",
            "Replace",
            "Strip",
            "Digits",
            "Punctuation",
            "Isolated",
            "MergedWithPrevious",
            "Contiguous",
            "TemplateProcessing",
            "BertProcessing",
            "RobertaProcessing",
            "NFKC",
            "Lowercase",
            "ByteFallback",
            "Fuse",
            "(a+)+b",
            "(?i)[[:alpha:]&&[^b]]{2,900}|\\\\p{L}(?<!a)$",
            "<0x0A>",
            "unk_token",
            "dropout",
            "continuing_subword_prefix",
            "end_of_word_suffix");

    private final JsonTokenizerFactory factory = new JsonTokenizerFactory(1, 100_000);

    @Test
    void mutatedFilesAreReadOrRefusedClearly() {
        List<byte[]> examples = List.of(
                TokenizerFileTest.small(),
                UNIGRAM.getBytes(StandardCharsets.UTF_8),
                BYTE_PAIRS.getBytes(StandardCharsets.UTF_8));
        Mutation json = new JsonMutation(WORDS);
        Mutation mutation = Mutation.anyOf(json, json, new ByteMutation());
        new Fuzz("tokenizer", examples, mutation).rounds(2_000).run(this::read);
    }

    private boolean read(byte[] input) throws IOException {
        Tokenizer tokenizer;
        try {
            tokenizer = factory.read("mutated.json", new ByteArrayInputStream(input));
        } catch (TokenizerFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith("mutated.json: "), refusal.getMessage());
            return false;
        }
        try {
            use(tokenizer);
        } catch (IllegalArgumentException refused) {
            // Text that a vocabulary has no token for, and truncation that leaves no room, are the caller's error.
            assertTrue(
                    refused.getMessage().contains("has no token")
                            || refused.getMessage().contains("maxLength"),
                    refused.getMessage());
        }
        return true;
    }

    private static void use(Tokenizer tokenizer) {
        for (String text : List.of("Hello, w\u00F6rld! [MASK] \uD83D\uDE00 unaffable <end>", "a".repeat(300), "")) {
            Encoding encoding = tokenizer.encode(text);
            assertEquals(encoding.ids().length, encoding.ends().length);
            for (int i = 0; i < encoding.ids().length; i++) {
                assertTrue(0 <= encoding.starts()[i] && encoding.starts()[i] <= encoding.ends()[i], "offsets");
                assertTrue(encoding.ends()[i] <= text.length(), "offsets end within the text");
            }
            assertNotNull(tokenizer.decode(encoding.ids(), false));
        }
        tokenizer.decode(new int[] {0, 1, 2, 3, 99_999, -1}, true);
        tokenizer.encode(new TokenizerInput.Pair("a b c d", "e f g h"), EncodeOptions.DEFAULT);
        tokenizer
                .encode(new TokenizerInput.Text("a b c d e f"), EncodeOptions.truncatedAt(4))
                .overflowing()
                .forEach(each -> assertNotNull(each.ids()));
        boolean pads = tokenizer.padding() != null && tokenizer.padding().length() <= 1_000;
        tokenizer.encode(
                List.of(new TokenizerInput.Text("a")),
                new EncodeOptions(true, Truncation.at(64), pads ? tokenizer.padding() : null));
    }
}
