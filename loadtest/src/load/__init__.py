"""Load plans as engineers run them: k6 and JMeter do the same journeys, and this tells what came of it."""
