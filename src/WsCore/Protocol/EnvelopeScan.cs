namespace WsCore.Protocol;

/// <summary>What the first pass found: well-formed JSON, and where its top-level values are.</summary>
internal struct EnvelopeScan
{
    public SlotTable Slots;

    /// <summary>The first thing at the top level that is against the rules whatever the type.</summary>
    public EnvelopeFault? Fault;

    private uint _seen;

    public readonly bool Has(Field field) => (_seen & (1u << (int)field)) != 0;

    /// <summary>A name that comes twice keeps no slot: which value was meant nobody knows.</summary>
    public void Forget(Field field) => _seen &= ~(1u << (int)field);

    public void Set(Field field, Slot slot)
    {
        Slots[(int)field] = slot;
        _seen |= 1u << (int)field;
    }
}
