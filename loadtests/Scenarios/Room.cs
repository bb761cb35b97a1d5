using WsCore.LoadTests.Checking;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A room of the tester and who is in it.</summary>
internal sealed class Room(string name)
{
    public string Name => name;

    public List<Member> Members { get; } = [];

    /// <summary>What each of the members that send has sent, by their places.</summary>
    public List<SenderStream> Streams { get; } = [];

    /// <summary>It keeps history, so that its messages are numbered.</summary>
    public bool HasHistory { get; set; }

    /// <summary>How many messages its members still miss, those that are gone not counted.</summary>
    public long Missing()
    {
        var missing = 0L;
        var excused = Streams.ConvertAll(stream => stream.Excused());
        foreach (var member in Members.Where(member => member.IsThere))
        {
            missing += member.Check.Untold;
            for (var sender = 0; sender < Streams.Count; sender++)
            {
                missing += sender == member.Place ? 0 : member.Check.Missing(sender, Streams[sender].Sent, excused[sender]);
            }
        }

        return missing;
    }
}
