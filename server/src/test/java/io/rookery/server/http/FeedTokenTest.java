package io.rookery.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.topology.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FeedTokenTest {
    @Test
    void shouldKeepTheFormOfOneShard() {
        FeedToken token = FeedToken.parse("0:42:7", 1);

        assertThat(token.of(0)).isEqualTo(new FeedToken.Place(42, 7));
        assertThat(token).hasToString("0:42:7");
        assertThat(FeedToken.parse("", 1)).hasToString("0:0:0");
        assertThat(FeedToken.parse("0", 1)).isEqualTo(FeedToken.parse("", 1));
    }

    @Test
    void shouldCarryThePlaceOfEveryShard() {
        FeedToken token = FeedToken.parse("0:42:7,1:13:0,2:0:0", 3);

        assertThat(token.at(1, 14)).hasToString("0:42:7,1:14:0,2:0:0");
        assertThat(token.with(2, new FeedToken.Place(0, 9))).hasToString("0:42:7,1:13:0,2:0:9");
        assertThat(FeedToken.parse(token.toString(), 3)).isEqualTo(token);
    }

    @Test
    void shouldBeginWhereAShardIsNotNamed() {
        assertThat(FeedToken.parse("1:13:0", 3)).hasToString("0:0:0,1:13:0,2:0:0");
    }

    @Test
    void shouldSayGoneWhenAShardIsNamedThatIsNotThere() {
        assertThatThrownBy(() -> FeedToken.parse("0:42:7,1:13:0", 1))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.GONE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "0:1",
                "0:1:2,",
                ",",
                "1:1:1,0:1:1",
                "0:1:1,0:1:1",
                "0:-1:0",
                "0:1:1;1:1:1",
                "0:9999999999999999999:0"
            })
    void shouldRefuseWhatIsNoToken(String text) {
        assertThatThrownBy(() -> FeedToken.parse(text, 3))
                .isInstanceOfSatisfying(
                        RookeryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
    }

    @Test
    void shouldBeginInANewShardWhereTheTokenIsInTheOneItCameFrom() {
        List<Topology.Division> divisions =
                List.of(new Topology.Division(0, 1, 100, 10), new Topology.Division(1, 2, 150, 15));

        assertThat(FeedToken.parse("0:42:7", 3, divisions)).hasToString("0:42:7,1:42:7,2:42:7");
        assertThat(FeedToken.parse("0:100:0", 3, divisions)).hasToString("0:100:0,1:100:0,2:100:0");
        assertThat(FeedToken.parse("0:130:0,1:170:3", 3, divisions)).hasToString("0:130:0,1:170:3,2:150:3");
        assertThat(FeedToken.parse("0:130:0,1:120:3,2:160:0", 3, divisions)).hasToString("0:130:0,1:120:3,2:160:0");
        assertThat(FeedToken.parse("0", 3, divisions)).hasToString("0:0:0,1:0:0,2:0:0");
        FeedToken before = FeedToken.parse("0:90:1,1:120:3", 2, divisions.subList(0, 1));
        assertThat(before.after(divisions, 3)).hasToString("0:90:1,1:120:3,2:120:3");
    }
}
