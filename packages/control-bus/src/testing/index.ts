export { describeControlBus, type OpenBus } from './control-bus-suite.ts'
export { createRecordingConsumer, type RecordingConsumer, type RecordingOptions } from './recording-consumer.ts'
