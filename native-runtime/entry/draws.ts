import { answerDraws } from '../train/drawsWorker';

answerDraws();
