namespace WsCore.ClusterTests.Checking;

/// <content>What is right.</content>
public sealed partial class HistoryCheckerTests
{
    [Fact]
    public void Clean_HistoryWithEverythingThatMayHappen_Passes()
    {
        Both(Kept, At("e", 0));
        Say(1, 0, 1, At("e", 1));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1));

        // Client 2 is away for two messages, one of them its own, and gets both when it is back.
        _history.Sent(2, Id(2, 0, 1));
        _history.Closed(2, 1006);
        _history.Message(1, Kept, At("e", 2), Id(2, 0, 1));
        Say(1, 0, 2, At("e", 3));
        _history.Connected(2, "c2b");
        _history.Joined(2, Kept, At("e", 1), At("e", 3), recovered: true);
        _history.Message(2, Kept, At("e", 2), Id(2, 0, 1));
        _history.Message(2, Kept, At("e", 3), Id(1, 0, 2));
        _history.Sent(2, Id(2, 0, 1));
        _history.Acked(2, Id(2, 0, 1), At("e", 2), duplicate: true);

        // A message that was taken, and whose sender was told that this is not known, is no gap of the sender's.
        _history.Sent(1, Id(1, 0, 3));
        _history.Refused(1, Id(1, 0, 3), "unavailable");
        _history.Message(2, Kept, At("e", 4), Id(1, 0, 3));
        _history.Acked(1, Id(1, 0, 3), At("e", 4), duplicate: true);
        Say(1, 0, 4, At("e", 5));

        // Data is lost, and with it an acked message; a new epoch begins, some are told by their join.
        _history.DataLoss();
        _history.Message(1, Kept, At("f", 1), Id(2, 0, 2, sent: true));
        _history.Closed(2, 4200);
        _history.Connected(2, "c2c");
        _history.Joined(2, Kept, At("e", 4), At("f", 1), recovered: false);
        Say(2, 0, 3, At("f", 2));
        _history.Message(1, Kept, At("f", 2), Id(2, 0, 3));

        Passes();
        Assert.Equal((1, 1, 1), (_history.Counts.OwnGaps, _history.Counts.AckedAndLost, _history.Counts.NotRecovered));
    }

    [Fact]
    public void Clean_RoomThatNobodyPublishedTo_MayNameAnyEpoch()
    {
        Both(Kept, At("x", 0));
        _history.Closed(2, 1006);
        _history.Connected(2, "again");
        _history.Joined(2, Kept, At("x", 0), At("y", 0), recovered: false);
        Say(1, 0, 1, At("e", 1));
        _history.Message(2, Kept, At("e", 1), Id(1, 0, 1));

        Passes();
    }

    [Fact]
    public void Clean_MoreWasSaidThanIsKept_MayBeUnrecovered()
    {
        Both(Kept, At("e", 0));
        _history.Left(2, Kept);
        for (var i = 1; i <= 6; i++)
        {
            Say(1, 0, i, At("e", i));
        }

        _history.Joined(2, Kept, At("e", 0), At("e", 6), recovered: false);
        _history.Left(2, Kept);
        _history.Joined(2, Kept, since: null, At("e", 6), recovered: null);
        _history.Connected(3, "auditor");
        _history.Joined(3, Kept, At("e", 0), At("e", 6), recovered: true);
        for (var i = 1; i <= 6; i++)
        {
            _history.Message(3, Kept, At("e", i), Id(1, 0, i));
        }

        Passes();
    }

    [Fact]
    public void Clean_AckWithoutAPosition_OfAMemberThatDidNotCatchUp_Passes()
    {
        Both(Kept, At("e", 0));
        _history.Closed(1, 1006);
        Say(2, 0, 1, At("e", 1));
        _history.Connected(1, "again");
        _history.Joined(1, Kept, At("e", 0), At("e", 1), recovered: true);
        _history.Acked(1, Id(1, 0, 1, sent: true), null, duplicate: false);
        _history.Closed(1, 4100);
        _history.Message(2, Kept, At("e", 2), Id(1, 0, 1));
        _history.Connected(1, "at last");
        _history.Joined(1, Kept, At("e", 0), At("e", 2), recovered: true);
        _history.Message(1, Kept, At("e", 1), Id(2, 0, 1));
        _history.Message(1, Kept, At("e", 2), Id(1, 0, 1));

        Passes();
    }

    [Fact]
    public void Clean_CalmWithoutHistory_Passes()
    {
        Both(Plain, position: null);
        _history.Calm();
        _history.Acked(1, Id(1, 1, 1, sent: true), null, duplicate: false);
        _history.Message(2, Plain, null, Id(1, 1, 1));
        _history.Acked(1, Id(1, 1, 2, sent: true), null, duplicate: false);
        _history.Closed(2, 1006);

        Passes();
    }
}
