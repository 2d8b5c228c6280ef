"""The ways out of the house: one connector per protocol. They know addresses and texts, no case and no table."""
