using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Checking;

/// <summary>Each way in which a history can be wrong, in its smallest form, is found; and what is right passes.</summary>
public sealed partial class HistoryCheckerTests
{
    private const string Kept = "kept", Plain = "plain", Hall = "hall";

    private static readonly RoomRules[] Rooms = [new(Kept, 5, Presence: false), new(Plain, 0, Presence: false), new(Hall, 0, Presence: true)];

    private readonly HistoryChecker _history = new(Rooms, new ManualTimeProvider());

    [Fact]
    public void TwoMessagesAtOnePosition_AreFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(1, Kept, At("e", 1), Id(2, 0, 1, sent: true));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1, sent: true));

        Finds(ViolationKind.TwoMessagesAtOnePosition);
    }

    [Fact]
    public void TakenTwice_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1, sent: true));
        _history.Message(2, Kept, At("e", 2), Id(1, 0, 1));

        Finds(ViolationKind.TakenTwice);
    }

    [Fact]
    public void Lost_ToAMember_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(1, Kept, At("e", 1), Id(3, 0, 1, sent: true));
        Say(1, 0, 2, At("e", 2));
        _history.Message(2, Kept, At("e", 2), Id(1, 0, 2));

        Finds(ViolationKind.Lost, "client 2: e/1 to 1 did not come", "e/1 is message 1 of client 3", "seen by others", "joined since -");
    }

    [Fact]
    public void Lost_InAReplay_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Closed(2, 1006);
        _history.Message(1, Kept, At("e", 1), Id(3, 0, 1, sent: true));
        Say(1, 0, 2, At("e", 2));
        _history.Connected(2, "again");
        _history.Joined(2, Kept, At("e", 0), At("e", 2), recovered: true);
        _history.Message(2, Kept, At("e", 2), Id(1, 0, 2));

        Finds(ViolationKind.Lost, "client 2: e/1 to 1", "joined since e/0");
    }

    [Fact]
    public void Lost_AnotherMessageThanTheOneWhoseAnswerIsUnknown_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Refused(1, Id(1, 0, 1, sent: true), "unavailable");
        _history.Message(1, Kept, At("e", 2), Id(2, 0, 1, sent: true));
        _history.Message(2, Kept, At("e", 1), Id(3, 0, 1, sent: true));

        Finds(ViolationKind.Lost, "client 3");
    }

    [Fact]
    public void BeginningLost_OfANewEpoch_IsFound()
    {
        Both(Kept, At("e", 0));
        Say(1, 0, 1, At("e", 1));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1));
        _history.DataLoss();
        _history.Message(2, Kept, At("f", 2), Id(1, 0, 2, sent: true));

        Finds(ViolationKind.BeginningLost);
    }

    [Fact]
    public void Repeated_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1, sent: true));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1));

        Finds(ViolationKind.Repeated);
    }

    [Fact]
    public void Repeated_InAnotherOrder_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(2, Kept, At("e", 2), Id(1, 0, 2, sent: true));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1));

        Assert.Equal([ViolationKind.Repeated, ViolationKind.Lost], _history.Finish().Select(violation => violation.Kind));
    }

    [Fact]
    public void Repeated_MessageBehindTheAckOfALaterOne_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(2, Kept, At("e", 1), Id(2, 0, 1, sent: true));
        Say(1, 0, 1, At("e", 2));
        _history.Message(1, Kept, At("e", 1), Id(2, 0, 1));

        Assert.Contains(ViolationKind.Repeated, _history.Finish().Select(violation => violation.Kind));
    }

    [Fact]
    public void Repeated_WithoutHistory_IsFound()
    {
        Both(Plain, position: null);
        _history.Message(2, Plain, null, Id(1, 1, 1, sent: true));
        _history.Message(2, Plain, null, Id(1, 1, 1));

        Finds(ViolationKind.Repeated);
    }

    [Fact]
    public void Reordered_WithoutHistory_IsFound()
    {
        Both(Plain, position: null);
        _history.Message(2, Plain, null, Id(1, 1, 2, sent: true));
        _history.Message(2, Plain, null, Id(1, 1, 1));

        Finds(ViolationKind.Reordered);
    }

    [Fact]
    public void Misdelivered_ToWhoLeft_IsFound()
    {
        Both(Plain, position: null);
        _history.Left(2, Plain);
        _history.Message(2, Plain, null, Id(1, 1, 1, sent: true));

        Finds(ViolationKind.Misdelivered);
    }

    [Fact]
    public void Misdelivered_ToAnotherRoom_IsFound()
    {
        Both(Plain, position: null);
        _history.Message(2, Plain, null, Id(1, 2, 1, sent: true));

        Finds(ViolationKind.Misdelivered, "hall");
    }

    [Fact]
    public void Phantom_IsFound()
    {
        Both(Plain, position: null);
        _history.Message(2, Plain, null, Id(1, 1, 1));

        Finds(ViolationKind.Phantom);
    }

    [Fact]
    public void PositionMissing_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(2, Kept, null, Id(1, 0, 1, sent: true));
        _history.Acked(1, Id(1, 0, 1), null, duplicate: false);
        _history.Left(2, Kept);
        _history.Joined(2, Kept, At("e", 0), null, recovered: true);
        _history.Left(2, Kept);
        _history.Joined(2, Kept, At("e", 0), At("e", 0), recovered: null);

        Assert.Equal(Enumerable.Repeat(ViolationKind.PositionMissing, 4), _history.Finish().Select(violation => violation.Kind));
    }

    [Fact]
    public void FalseAck_IsFound()
    {
        Both(Kept, At("e", 0));
        Say(1, 0, 1, At("e", 1));

        Finds(ViolationKind.FalseAck);
    }

    [Fact]
    public void FalseAck_OfADuplicate_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Acked(1, Id(1, 0, 1, sent: true), At("e", 1), duplicate: true);

        Finds(ViolationKind.FalseAck);
    }

    [Fact]
    public void FalseAck_WithAnothersPosition_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Message(1, Kept, At("e", 1), Id(2, 0, 1, sent: true));
        _history.Acked(1, Id(1, 0, 1, sent: true), At("e", 1), duplicate: true);

        Finds(ViolationKind.TwoMessagesAtOnePosition);
    }

    [Fact]
    public void FalseRecovered_IsFound()
    {
        Both(Kept, At("e", 3));
        _history.Left(2, Kept);
        _history.DataLoss();
        _history.Joined(2, Kept, At("e", 3), At("f", 4), recovered: true);

        Finds(ViolationKind.FalseRecovered);
    }

    [Theory]
    [InlineData("e", 3, "e", 3)]
    [InlineData("e", 3, "e", 8)]
    [InlineData("e", 3, "e", 2)]
    [InlineData("e", 3, "f", 0)]
    public void FalseUnrecovered_IsFound(string epoch, long seq, string atEpoch, long atSeq)
    {
        Both(Kept, At(epoch, seq));
        _history.Left(2, Kept);
        _history.Joined(2, Kept, At(epoch, seq), At(atEpoch, atSeq), recovered: false);

        Finds(ViolationKind.FalseUnrecovered);
    }

    [Fact]
    public void FalseUnrecovered_InTheEpochThatOutlivedTheLoss_IsFound()
    {
        Both(Kept, At("e", 3));
        _history.DataLoss();
        _history.Left(2, Kept);
        _history.Joined(2, Kept, At("e", 3), At("e", 4), recovered: false);

        Finds(ViolationKind.FalseUnrecovered);
    }

    [Fact]
    public void EpochChanged_IsFound()
    {
        Both(Kept, At("e", 3));
        _history.Message(2, Kept, At("f", 1), Id(1, 0, 1, sent: true));

        Finds(ViolationKind.EpochChanged);
    }

    [Fact]
    public void EpochChanged_TwiceForOneLoss_IsFound()
    {
        Both(Kept, At("e", 3));
        _history.DataLoss();
        _history.Message(2, Kept, At("f", 1), Id(1, 0, 1, sent: true));
        _history.Message(2, Kept, At("g", 1), Id(1, 0, 2, sent: true));

        Finds(ViolationKind.EpochChanged);
    }

    [Fact]
    public void EpochWentBack_IsFound()
    {
        Both(Kept, At("e", 0));
        Say(1, 0, 1, At("e", 1));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1));
        _history.DataLoss();
        _history.Message(2, Kept, At("f", 1), Id(1, 0, 2, sent: true));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1));

        Finds(ViolationKind.EpochWentBack);
    }

    [Fact]
    public void Refused_WithoutReason_IsFound()
    {
        Both(Kept, At("e", 0));
        _history.Refused(1, Id(1, 0, 1, sent: true), "unavailable");
        _history.Refused(1, Id(1, 0, 2, sent: true), "conflict");
        _history.Refused(1, Kept, "leave", "internal_error");

        Assert.Equal([ViolationKind.Refused, ViolationKind.Refused], _history.Finish().Select(violation => violation.Kind));
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1006, 0)]
    [InlineData(4100, 0)]
    [InlineData(4200, 0)]
    [InlineData(1002, 1)]
    [InlineData(1011, 1)]
    [InlineData(4003, 1)]
    [InlineData(4101, 1)]
    public void Closed_WithoutReason_IsFound(int code, int violations)
    {
        _history.Connected(1, "c1");
        _history.Closed(1, code);

        Assert.Equal(violations, _history.Finish().Count);
    }

    [Fact]
    public void Lost_WithoutHistory_IsFoundInCalmOnly()
    {
        Both(Plain, position: null);
        _history.Acked(1, Id(1, 1, 1, sent: true), null, duplicate: false);
        var before = Id(1, 1, 2, sent: true);
        _history.Calm();
        _history.Acked(1, before, null, duplicate: false);
        Passes();

        _history.Acked(1, Id(1, 1, 3, sent: true), null, duplicate: false);
        Finds(ViolationKind.Lost, "message 3");
    }

    [Fact]
    public void Presence_IsPutTogetherFromAnswersAndAnnouncements()
    {
        _history.Connected(1, "a");
        _history.Joined(1, Hall, null, null, null, ["a", "b"]);
        _history.Announced(1, Hall, comes: true, "b", 2); // it may be in the list already
        _history.Announced(1, Hall, comes: true, "c", 3);
        _history.Announced(1, Hall, comes: false, "b", 2);

        Assert.Null(_history.DifferenceFrom(Hall, new HashSet<string> { "a", "c" }));
        Assert.Contains("not told of [d]; still has [c]", _history.DifferenceFrom(Hall, new HashSet<string> { "a", "d" }), StringComparison.Ordinal);
        Passes();
    }

    [Fact]
    public void Presence_CountOfTheNewestAnnouncementCounts()
    {
        _history.Connected(1, "a");
        _history.Joined(1, Hall, null, null, null, ["a"]);
        _history.Announced(1, Hall, comes: true, "b", 3);

        Assert.Contains("counts 3, not 2", _history.DifferenceFrom(Hall, new HashSet<string> { "a", "b" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "b")]
    [InlineData(false, "c")]
    public void AnnouncedTwice_IsFoundInCalm(bool comes, string connection)
    {
        _history.Connected(1, "a");
        _history.Joined(1, Hall, null, null, null, ["a"]);
        _history.Announced(1, Hall, comes: true, "b", 2);
        _history.Announced(1, Hall, comes, connection, 2);
        Passes();

        _history.Calm();
        _history.Announced(1, Hall, comes: true, "d", 3);
        _history.Announced(1, Hall, comes: true, "d", 3);
        Finds(ViolationKind.AnnouncedTwice);
    }

    [Fact]
    public void Finish_ManyViolations_AreCounted()
    {
        Both(Plain, position: null);
        for (var i = 1; i <= 100; i++)
        {
            _history.Message(2, Plain, null, Id(1, 1, i));
        }

        Assert.Equal("Phantom: 100 of this kind", _history.Finish()[^1].ToString());
        Assert.Equal(100, _history.ViolationCount);
    }

    [Fact]
    public void MessageId_KeepsItsParts()
    {
        var id = new MessageId(11, 999, 99_999, 99_999_999);

        Assert.Equal((11, 999, 99_999, 99_999_999), (id.Room, id.Client, id.Connection, id.Number));
        Assert.Equal((0, 1, 0, 5), (new MessageId(0, 1, 0, 5).Room, new MessageId(0, 1, 0, 5).Client, new MessageId(0, 1, 0, 5).Connection, new MessageId(0, 1, 0, 5).Number));
    }

    private static RoomPosition At(string epoch, long seq) => new(epoch, seq);

    private MessageId Id(int client, int room, int number, bool sent = false)
    {
        var id = new MessageId(room, client, 0, number);
        if (sent)
        {
            _history.Sent(client, id);
        }

        return id;
    }

    private void Both(string room, RoomPosition? position)
    {
        foreach (var client in (int[])[1, 2])
        {
            _history.Connected(client, $"c{client}");
            _history.Joined(client, room, since: null, position, recovered: null);
        }
    }

    private void Say(int client, int room, int number, RoomPosition at) => _history.Acked(client, Id(client, room, number, sent: true), at, duplicate: false);

    private void Passes() => Assert.Empty(_history.Finish());

    private void Finds(ViolationKind kind, params string[] texts)
    {
        var violation = Assert.Single(_history.Finish());
        Assert.Equal(kind, violation.Kind);
        Assert.All(texts, text => Assert.Contains(text, violation.ToString(), StringComparison.Ordinal));
    }
}
