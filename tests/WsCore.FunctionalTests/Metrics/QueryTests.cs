namespace WsCore.FunctionalTests.Metrics;

public sealed class QueryTests
{
    [Fact]
    public void Names_AreFoundAndFunctionsAndWordsAreNot()
    {
        var query = new Query("""sum by (a, b) (rate(m_total{x="1",y=~"2|3"}[$__rate_interval])) / on (c) n > 0.5 and up offset 10m unless count(k:l{x!="4"} == 1)""");

        Assert.Equal(["a", "b", "c"], query.Grouped);
        Assert.Equal(["m_total", "n", "up", "k:l"], query.Selectors.Select(selector => selector.Metric));
        Assert.Equal([("x", "1"), ("y", "2|3")], query.Selectors[0].Matchers);
        Assert.Equal([("x", "4")], query.Selectors[3].Matchers);
    }
}
