using System.Text;
using WsCore.Server.Metrics;

namespace WsCore.FunctionalTests.Metrics;

public sealed class PrometheusLabelsTests
{
    public static TheoryData<(string, object?)[], string> Cases => new()
    {
        { [], "" },
        { [("type", "ack")], "type=\"ack\"" },
        { [("z", "1"), ("a", "2"), ("m.n", "3")], "a=\"2\",m_n=\"3\",z=\"1\"" },
        { [("a", "say \"no\"\\\n")], @"a=""say \""no\""\\\n""" },
        { [("a", 404), ("b", 1.5), ("c", true), ("d", "")], "a=\"404\",b=\"1.5\",c=\"true\"" },
        { [("a", null)], "" },
        { [("le", "x"), ("quantile", "y")], "tag_le=\"x\",tag_quantile=\"y\"" },
        { [("a.b", "1"), ("a_b", "2")], "a_b=\"1;2\"" },
        { [("a", "ü€")], "a=\"ü€\"" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_Tags_AreSortedAndEscaped((string, object?)[] tags, string expected) =>
        Assert.Equal(expected, PrometheusLabels.Of([.. tags.Select(tag => new KeyValuePair<string, object?>(tag.Item1, tag.Item2))]));

    [Fact]
    public void Of_ALongValue_IsCut()
    {
        var labels = PrometheusLabels.Of([new("a", new string('x', 10_000))]);

        Assert.Equal(PrometheusLabels.MostCharacters + "a=\"\"".Length, Encoding.UTF8.GetByteCount(labels));
    }
}
