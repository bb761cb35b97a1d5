namespace WsCore.DeployCheck;

/// <summary>What a talker had acknowledged, against what a listener got.</summary>
internal static class Journal
{
    /// <summary>One sentence for each way in which it is not: everything once, in order, at the place that the ack told.</summary>
    /// <param name="acknowledged">In the order in which they were said.</param>
    /// <param name="arrived">All that the listener got, of this talker and of others, in the order in which it came.</param>
    public static IReadOnlyCollection<string> Problems(IReadOnlyList<Heard> acknowledged, IReadOnlyList<Heard> arrived)
    {
        var problems = new List<string>();
        var talker = acknowledged.Count > 0 ? acknowledged[0].Talker : "";
        var ofTalker = arrived.Where(heard => heard.Talker == talker).ToList();
        problems.AddRange(ofTalker.GroupBy(heard => heard.Number).Where(times => times.Count() > 1).Select(times => $"{talker} {times.Key} came {times.Count()} times"));
        problems.AddRange(acknowledged.Except(ofTalker).Select(lost => $"{lost} was acknowledged and did not come"));
        problems.AddRange(ofTalker.Except(acknowledged).Select(foreign => $"{foreign} came and was not acknowledged so"));
        problems.AddRange(arrived.Zip(arrived.Skip(1))
            .Where(pair => pair.First.Position.Epoch != pair.Second.Position.Epoch || pair.First.Position.Seq >= pair.Second.Position.Seq)
            .Select(pair => $"{pair.Second} came after {pair.First}"));
        if (acknowledged.Count == 0)
        {
            problems.Add("nothing was acknowledged");
        }

        return problems;
    }
}
