using System.Text;
using WsCore.History;
using WsCore.Rooms;

namespace WsCore.Tests.History;

public sealed class EpochTableTests
{
    private static readonly RoomName[] Names = [.. Enumerable.Range(0, 20_000).Select(i => RoomName.Create(Encoding.UTF8.GetBytes($"chat:{i}")))];

    [Fact]
    public void Advance_TheRoomAndFewOthersGetAnotherEpoch()
    {
        var epochs = new EpochTable(new Random(1));
        var before = Names.Select(epochs.Current).ToArray();
        Assert.Single(before.Distinct());

        epochs.Advance(Names[7]);

        Assert.NotEqual(before[7], epochs.Current(Names[7]));
        Assert.InRange(Names.Count(name => epochs.Current(name) != before[0]), 1, 25); // 20,000 names in 4,096 buckets: five of them
    }

    [Fact]
    public void Advance_NeverGivesAnEpochAgain()
    {
        var epochs = new EpochTable(new Random(1));
        var seen = new HashSet<string>();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(seen.Add(epochs.Current(Names[0])));
            Assert.Matches("^[A-Za-z0-9_.-]{1,64}$", epochs.Current(Names[0]));
            epochs.Advance(Names[0]);
        }
    }

    [Fact]
    public void Current_AnotherProcess_HasOthers() =>
        Assert.NotEqual(new EpochTable(new Random(1)).Current(Names[0]), new EpochTable(new Random(2)).Current(Names[0]));

    [Fact]
    public void Current_OneSeed_IsTheSameInEveryRun()
    {
        var (first, second) = (new EpochTable(new Random(1)), new EpochTable(new Random(1)));
        first.Advance(Names[3]);
        second.Advance(Names[3]);

        Assert.Equal(Names.Select(first.Current), Names.Select(second.Current));
    }

    [Fact]
    public void Current_NamesAreSpreadOverTheBuckets()
    {
        var epochs = new EpochTable(new Random(1));
        foreach (var name in Names[..4_096])
        {
            epochs.Advance(name);
        }

        // As many names as buckets at random leave 1/e of these empty; a name's last digits alone must not decide.
        Assert.InRange(Names[4_096..].Count(name => epochs.Current(name).EndsWith(".0", StringComparison.Ordinal)) / 15_904.0, 0.30, 0.44);
    }
}
