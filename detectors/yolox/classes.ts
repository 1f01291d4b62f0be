/** The 80 classes of COCO in the order of the model's scores. */
export const COCO_CLASSES = (
  'person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,' +
  'bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,' +
  'skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,' +
  'cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,' +
  'potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,' +
  'refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush'
).split(',');

/** What can lie on a scanner; everything else that the model sees there is a mistake or the shopper. */
export const ITEM_CLASSES: ReadonlySet<string> = new Set(
  (
    'backpack,umbrella,handbag,suitcase,frisbee,sports ball,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,' +
    'sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,potted plant,book,vase,scissors,teddy bear,hair drier,' +
    'toothbrush,laptop,mouse,remote,keyboard,cell phone,clock'
  ).split(','),
);
