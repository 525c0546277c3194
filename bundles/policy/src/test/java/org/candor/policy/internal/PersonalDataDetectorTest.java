package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumSet;
import java.util.List;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PersonalData.Kind;
import org.candor.api.policy.PersonalData.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataDetectorTest {
    private final PersonalData detector = new PersonalDataDetector();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "我的手机号是13812345678，请联系。 | 我的手机号是███████████，请联系。",
                "电话：+86 138 1234 5678。 | 电话：█████████████████。",
                "手机 138-1234-5678 或 13912345678 | 手机 █████████████ 或 ███████████",
                "手机：１３８１２３４５６７８ | 手机：███████████",
                "座机：010-12345678转801 | 座机：████████████转801",
                "客服 400-800-1234 | 客服 ████████████",
                "邮箱zhang.san@example.com.cn联系 | 邮箱████████████████████████联系",
                "请写信给张三@例子.中国。 | ████████████。",
                "Call 020 7946 0958 now | Call █████████████ now",
                "Berlin (030) 1234567-12 | Berlin ████████████████",
                "Paris 01.42.68.53.00 | Paris ██████████████",
                "tel:+49-30-1234567 | tel:██████████████",
                "0049 30 1234567 | ███████████████",
                "Write to <o'neil+list@example.co.uk>. | Write to <█████████████████████████>.",
                "**anna.berg@example.org**, | **█████████████████████**,",
                "mailto:a_b@sub.example.org?x=1 | mailto:███████████████████?x=1",
                "see info@example.org. Then | see ████████████████. Then",
                "pay DE89 3704 0044 0532 0130 00 today | pay ███████████████████████████ today",
                "pay de89370400440532013000 today | pay ██████████████████████ today",
                "账户DE89370400440532013000。 | 账户██████████████████████。",
                "card 4111 1111 1111 1111, exp 12/27 | card ███████████████████, exp 12/27",
                "\uD83D\uDE00 4111-1111-1111-1111 \uD83D\uDE00 | \uD83D\uDE00 ███████████████████ \uD83D\uDE00",
            })
    void personalDataIsMaskedOneForOne(String text, String masked) {
        assertEquals(masked, detector.mask(text, detector.find(text, EnumSet.allOf(Kind.class))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Version 10.0.19041.1288 replaced 9.8.7 and 2026.11.1",
                "npm install react@18.2.0 left-pad@1.3.0 tool@v2.x64",
                "On 2026-11-23 at 21:35:51, 23/11/2026, 23.11.2026 and 01-02-2026",
                "2026-11-23T21:35:51.123456789+01:00 and 2026-11-23T21:35:51+0100",
                "the years 1999-2003, 2001 2002 2003 2004 and 1984/85",
                "sha256:1381234567890123456789012345678901234567890123456789012345678901",
                "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "commit 4111111111111111111111111111111111111111",
                "id 550e8400-e29b-41d4-a716-446655440000 and 12345678-1234-1234-1234-123456789012",
                "offsets 1024-2048, 00000010-000000ff, 0000123456 and 4096..8192",
                "epoch 1763933751, in milliseconds 1763933751123, in microseconds 1763933751123456",
                "192.168.100.200 and 10.255.255.255:8181, fe80::1",
                "ISBN 978-3-16-148410-0, RFC 6962, ISO/IEC 7064",
                "1,234,567,890.12 and 1 234 567 890 and 3.14159265358979",
                "0.4111111111111111 is a fraction, 0.13812345678 too",
                "4012 8888 8888 1882 fails its check digit",
                "DE89 3704 0044 0532 0130 01 fails its check digits",
                "@Override user@ @example.org a@b a@b. a@-b.org and a.@example.org",
                "x = 1+1234567890 and y = 12-34567890",
                "进程号 12812345678 在二〇二六年十一月二十三日",
                "bytes 57 69 74 68 20 44 61 67 and widths 635 644 649 20 627",
                "11 019 748 794 and 3 043 434 567 are large numbers",
                "LV80 bANK 0000 4351 9500 1 mixes its case",
                "joules 0.4213 method estimate 12.5 W at 3.7 GHz",
            })
    void whatOnlyLooksLikeItStaysVerbatim(String text) {
        assertEquals(List.of(), detector.find(text, EnumSet.allOf(Kind.class)));
    }

    @Test
    void positionsAreCodePoints() {
        String text = "\uD83D\uDE00\uD83D\uDE00 a@example.org";
        assertEquals(List.of(new Span(3, 16, Kind.EMAIL)), detector.find(text, EnumSet.of(Kind.EMAIL)));
    }

    @Test
    void onlyTheKindsAskedForAreFound() {
        String text = "a@example.org 4111111111111111";
        assertEquals(List.of(new Span(14, 30, Kind.CARD)), detector.find(text, EnumSet.of(Kind.CARD)));
        assertEquals(List.of(), detector.find(text, EnumSet.noneOf(Kind.class)));
    }

    @Test
    void overlappingFindsBecomeOneSpanOfTheMoreCertainKind() {
        String text = "13812345678@example.org";
        assertEquals(List.of(new Span(0, 23, Kind.EMAIL)), detector.find(text, EnumSet.allOf(Kind.class)));
    }

    @Test
    void maskingRefusesSpansOutOfOrder() {
        List<Span> spans = List.of(new Span(4, 6, Kind.CARD), new Span(1, 2, Kind.CARD));
        assertThrows(IllegalArgumentException.class, () -> detector.mask("0123456789", spans));
    }
}
