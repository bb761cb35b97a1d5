using WsCore.Server.Metrics;

namespace WsCore.FunctionalTests.Metrics;

public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("wscore.connections", "{connection}", false, "wscore_connections")]
    [InlineData("wscore.errors", "{error}", true, "wscore_errors_total")]
    [InlineData("wscore.output.size", "By", true, "wscore_output_size_bytes_total")]
    [InlineData("wscore.bus.roundtrip", "s", false, "wscore_bus_roundtrip_seconds")]
    [InlineData("a.duration.seconds", "s", false, "a_duration_seconds")]
    [InlineData("a.time", "ms", false, "a_time_milliseconds")]
    [InlineData("a.total", null, true, "a_total")]
    [InlineData("a.load", "1", false, "a_load")]
    [InlineData("a.load", "%", false, "a_load_percent")]
    [InlineData("a.speed", "By/s", false, "a_speed_By_s")]
    [InlineData("a--b..c d", "", false, "a_b_c_d")]
    [InlineData("1st", null, false, "_1st")]
    [InlineData("a:b", null, false, "a:b")]
    [InlineData("größe", null, false, "gr_e")]
    [InlineData("", null, false, "_")]
    public void Of_NameAndUnit_AreOneName(string name, string? unit, bool isCounter, string expected) =>
        Assert.Equal(expected, PrometheusName.Of(name, unit, isCounter));

    [Theory]
    [InlineData("gc.heap.generation", "gc_heap_generation")]
    [InlineData("a:b", "a_b")]
    [InlineData("0", "_0")]
    public void OfLabel_HasNoColon(string key, string expected) => Assert.Equal(expected, PrometheusName.OfLabel(key));
}
